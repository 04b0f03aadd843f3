using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>One kernel of a module.</summary>
/// <remarks>
/// <para><b>Memory</b>: a launch allocates nothing.</para>
/// <para><b>Errors</b>: arguments are not checked against the kernel's; what a kernel does wrong is reported by a later
/// call, or by the launch itself while <see cref="CudaDebug.SynchronizesLaunches"/> is on.</para>
/// </remarks>
/// <example><code>
/// CudaKernel scale = module.GetKernel("scale");
/// float factor = 2;
/// void** arguments = stackalloc void*[] { &amp;x, &amp;factor, &amp;count };
/// scale.Launch(stream, CudaLaunchShape.Of(grid: (count + 255) / 256, block: 256), arguments);
/// </code></example>
public sealed unsafe class CudaKernel
{
    readonly CudaModule? module;        // null where there is no device
    readonly nint function;

    internal CudaKernel(CudaModule module, nint function, string name) =>
        (this.module, this.function, Name) = (module, function, name);

    /// <summary>Can be launched, and does nothing: for a survey of kernels.</summary>
    internal CudaKernel(string name) => Name = name;

    /// <summary>As in its text.</summary>
    public string Name { get; }

    /// <summary>Registers of a thread.</summary>
    public int Registers => Get(FunctionAttribute.Registers);

    /// <summary>Bytes of a thread that did not fit registers: spills, and arrays indexed at run time.</summary>
    public int LocalBytes => Get(FunctionAttribute.LocalBytes);

    /// <summary>Bytes of shared memory that the kernel declares.</summary>
    public int SharedBytes => Get(FunctionAttribute.SharedBytes);

    /// <summary>Most threads a block may have.</summary>
    public int MaxThreadsPerBlock => Get(FunctionAttribute.MaxThreadsPerBlock);

    /// <summary>Most bytes of shared memory a launch may ask for. 48 KiB unless it is set.</summary>
    /// <exception cref="CudaException">More than the device has.</exception>
    public int MaxDynamicSharedBytes
    {
        get => Get(FunctionAttribute.MaxDynamicSharedBytes);
        set => CudaCheck.Success(
            Driver.cuFuncSetAttribute(Enter(), FunctionAttribute.MaxDynamicSharedBytes, value),
            nameof(Driver.cuFuncSetAttribute), "asking for shared memory for the kernel", Name);
    }

    /// <summary>The driver's handle, a CUfunction.</summary>
    /// <exception cref="ObjectDisposedException">The module has been disposed.</exception>
    public nint Handle
    {
        get
        {
            _ = module!.Handle;
            return function;
        }
    }

    /// <summary>How many blocks one multiprocessor runs at once.</summary>
    /// <param name="block">Threads of a block.</param>
    /// <param name="sharedBytes">Bytes of shared memory of a block besides what the kernel declares.</param>
    public int BlocksPerMultiprocessor(int block, int sharedBytes = 0)
    {
        int blocks;
        CudaCheck.Success(
            Driver.cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, Enter(), block, (nuint)sharedBytes),
            nameof(Driver.cuOccupancyMaxActiveBlocksPerMultiprocessor), "asking for the occupancy of the kernel", Name);
        return blocks;
    }

    /// <summary>Puts the kernel into a stream.</summary>
    /// <param name="stream">Which one.</param>
    /// <param name="shape">On how many threads.</param>
    /// <param name="arguments">A pointer to each argument, in order; read before this returns.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Launch(CudaStream stream, in CudaLaunchShape shape, void** arguments)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (module is null) return;
        nint kernel = Handle, queue = stream.Enter();
        if (shape.Cluster != 0 || shape.StartsEarly) LaunchWithAttributes(kernel, queue, shape, arguments);
        else CudaCheck.Launched(
            Driver.cuLaunchKernel(kernel, (uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ, (uint)shape.BlockX,
                (uint)shape.BlockY, (uint)shape.BlockZ, (uint)shape.SharedBytes, queue, arguments, null),
            nameof(Driver.cuLaunchKernel), Name);
        stream.AfterLaunch(Name);
    }

    /// <summary>Puts a kernel of one argument, a struct passed by value, into a stream.</summary>
    /// <typeparam name="TArguments">Laid out as the kernel's struct.</typeparam>
    /// <param name="stream">Which one.</param>
    /// <param name="shape">On how many threads.</param>
    /// <param name="arguments">Read before this returns.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Launch<TArguments>(CudaStream stream, in CudaLaunchShape shape, in TArguments arguments)
        where TArguments : unmanaged
    {
        fixed (TArguments* value = &arguments)
        {
            void* pointer = value;
            Launch(stream, shape, &pointer);
        }
    }

    /// <summary>Puts the kernel into a stream so that all its blocks run at once and may wait for each other.</summary>
    /// <param name="stream">Which one.</param>
    /// <param name="shape">On how many threads: no more blocks than fit the device at once.</param>
    /// <param name="arguments">A pointer to each argument, in order; read before this returns.</param>
    /// <exception cref="CudaException">Too many blocks, say.</exception>
    public void LaunchCooperative(CudaStream stream, in CudaLaunchShape shape, void** arguments)
    {
        ArgumentNullException.ThrowIfNull(stream);
        nint kernel = Handle, queue = stream.Enter();
        CudaCheck.Launched(
            Driver.cuLaunchCooperativeKernel(kernel, (uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ,
                (uint)shape.BlockX, (uint)shape.BlockY, (uint)shape.BlockZ, (uint)shape.SharedBytes, queue, arguments),
            nameof(Driver.cuLaunchCooperativeKernel), Name);
        stream.AfterLaunch(Name);
    }

    void LaunchWithAttributes(nint kernel, nint queue, in CudaLaunchShape shape, void** arguments)
    {
        LaunchAttribute* attributes = stackalloc LaunchAttribute[2];
        uint count = 0;
        if (shape.Cluster != 0)
        {
            attributes[count++] = new LaunchAttribute
            {
                Id = LaunchAttributeId.ClusterDimension, ClusterX = (uint)shape.Cluster, ClusterY = 1, ClusterZ = 1,
            };
        }
        if (shape.StartsEarly)
        {
            attributes[count++] = new LaunchAttribute
            {
                Id = LaunchAttributeId.ProgrammaticStreamSerialization, Switch = 1,
            };
        }
        var config = new LaunchConfig
        {
            GridX = (uint)shape.GridX, GridY = (uint)shape.GridY, GridZ = (uint)shape.GridZ,
            BlockX = (uint)shape.BlockX, BlockY = (uint)shape.BlockY, BlockZ = (uint)shape.BlockZ,
            SharedBytes = (uint)shape.SharedBytes, Stream = queue, Attributes = attributes, AttributeCount = count,
        };
        CudaCheck.Launched(Driver.cuLaunchKernelEx(&config, kernel, arguments, null), nameof(Driver.cuLaunchKernelEx),
            Name);
    }

    int Get(FunctionAttribute attribute)
    {
        int value;
        CudaCheck.Success(Driver.cuFuncGetAttribute(&value, attribute, Enter()), nameof(Driver.cuFuncGetAttribute),
            "asking about the kernel", Name);
        return value;
    }

    nint Enter()
    {
        nint kernel = Handle;
        module!.Context.MakeCurrent();
        return kernel;
    }
}
