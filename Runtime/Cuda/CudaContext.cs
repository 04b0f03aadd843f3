using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>A device's primary context: what its streams, memory and modules belong to. cuBLAS and other libraries of
/// the process share it.</summary>
/// <remarks>
/// <para><b>Memory</b>: the device sets some hundred MiB aside for the first context of a process. Contexts of one
/// device share them, and everything made from one keeps it open until it is disposed of itself.</para>
/// <para><b>Errors</b>: every call makes the context current on its thread and leaves it so; code that uses another
/// device on the same thread sets its own again. <see cref="Dispose"/> must not run while another thread still uses
/// what belongs to the context.</para>
/// </remarks>
/// <example><code>
/// using var context = new CudaContext(CudaDevice.Get(0));
/// using var stream = new CudaStream(context);
/// using var x = new CudaDeviceVariable&lt;float&gt;(context, 1024);
/// </code></example>
public sealed unsafe class CudaContext : IDisposable
{
    readonly CudaResource resource;

    /// <summary>Opens a device.</summary>
    /// <param name="device">Which one.</param>
    /// <exception cref="CudaException">The device refuses, for instance because another process has it alone.
    /// </exception>
    public CudaContext(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        nint context;
        CudaCheck.Success(Driver.cuDevicePrimaryCtxRetain(&context, device.Handle),
            nameof(Driver.cuDevicePrimaryCtxRetain), "opening", device.Name);
        resource = new CudaResource(null, context, &Release, device.Handle);
    }

    /// <summary>The device.</summary>
    public CudaDevice Device { get; }

    /// <summary>The driver's handle, a CUcontext.</summary>
    /// <exception cref="ObjectDisposedException">The context has been disposed.</exception>
    public nint Handle => resource.Of(this);

    /// <summary>Bytes of the device that nobody uses, other processes included.</summary>
    /// <exception cref="ObjectDisposedException">The context has been disposed.</exception>
    public long FreeBytes
    {
        get
        {
            MakeCurrent();
            nuint free, total;
            CudaCheck.Success(Driver.cuMemGetInfo_v2(&free, &total), nameof(Driver.cuMemGetInfo_v2),
                "asking for free memory", this);
            return (long)free;
        }
    }

    internal CudaResource Resource => resource;

    /// <summary>Makes it the calling thread's context.</summary>
    /// <exception cref="ObjectDisposedException">The context has been disposed.</exception>
    public void MakeCurrent() =>
        CudaCheck.Success(Driver.cuCtxSetCurrent(Handle), nameof(Driver.cuCtxSetCurrent), "entering the context", this);

    /// <summary>Waits for everything on the device that this process started.</summary>
    /// <exception cref="CudaException">Something of it failed.</exception>
    public void Synchronize()
    {
        MakeCurrent();
        CudaCheck.Success(Driver.cuCtxSynchronize(), nameof(Driver.cuCtxSynchronize), "waiting for the device", this);
    }

    /// <summary>How many bytes of memory freed in the order of a stream the process keeps for later, instead of giving
    /// them back whenever it waits.</summary>
    /// <param name="bytes">At least 0.</param>
    /// <exception cref="CudaException">The device has no memory pools.</exception>
    public void KeepFreedMemory(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        nint pool = Pool();
        ulong threshold = (ulong)bytes;
        CudaCheck.Success(Driver.cuMemPoolSetAttribute(pool, MemoryPoolAttribute.ReleaseThreshold, &threshold),
            nameof(Driver.cuMemPoolSetAttribute), "setting what the memory pool keeps", this);
    }

    /// <summary>Gives freed memory that is kept back to the device.</summary>
    /// <param name="bytes">How many stay kept; at least 0.</param>
    /// <exception cref="CudaException">The device has no memory pools.</exception>
    public void TrimFreedMemory(long bytes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        CudaCheck.Success(Driver.cuMemPoolTrimTo(Pool(), (nuint)bytes), nameof(Driver.cuMemPoolTrimTo),
            "trimming the memory pool", this);
    }

    /// <summary>Lets the context go; again is harmless. What was made from it cannot be used any more, and can be
    /// disposed of before or after.</summary>
    public void Dispose() => resource.Dispose();

    nint Pool()
    {
        MakeCurrent();
        nint pool;
        CudaCheck.Success(Driver.cuDeviceGetDefaultMemPool(&pool, Device.Handle),
            nameof(Driver.cuDeviceGetDefaultMemPool), "opening the memory pool of", Device.Name);
        return pool;
    }

    static void Release(nint context, nint device) => _ = Driver.cuDevicePrimaryCtxRelease_v2((int)device);
}
