using System;
using ModelCompiler.Runtime.Cuda.Embedding;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Kernels that are loaded on a device.</summary>
/// <example><code>
/// using var module = CudaModule.Compile(context, compiler, "gpt.cu", source);
/// CudaKernel kernel = module.GetKernel("gpt_block_ln1");
/// </code></example>
public sealed unsafe class CudaModule : IDisposable
{
    const int LogBytes = 8192;

    readonly CudaResource resource;

    /// <summary>Loads compiled kernels.</summary>
    /// <param name="context">Of the device.</param>
    /// <param name="image">A cubin, or PTX.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="CudaException">It is damaged, or for another kind of device.</exception>
    public CudaModule(CudaContext context, ReadOnlySpan<byte> image, string name)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(name);
        (Context, Name) = (context, name);
        (nint module, CudaResult result, string log) = Load(context, image);
        if (result != CudaResult.Success) throw Failure(result, name, log);
        resource = new CudaResource(context.Resource, module, &Unload);
    }

    CudaModule(CudaContext context, nint module, string name)
    {
        (Context, Name) = (context, name);
        resource = new CudaResource(context.Resource, module, &Unload);
    }

    /// <summary>Compiles text, or takes what an earlier run compiled of it, and loads it.</summary>
    /// <param name="context">Of the device.</param>
    /// <param name="compiler">Compiles what is not in the cache.</param>
    /// <param name="name">Of the text, such as "gpt.cu": what messages call it.</param>
    /// <param name="source">CUDA C++ of kernels that are <c>extern "C"</c>.</param>
    /// <param name="options">Of NVRTC, besides the architecture.</param>
    /// <exception cref="CudaCompilationException">The text is wrong.</exception>
    /// <exception cref="CudaException">The driver refuses what was compiled.</exception>
    public static CudaModule Compile(CudaContext context, CudaRuntimeCompiler compiler, string name, string source,
        params ReadOnlySpan<string> options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(compiler);
        CudaCode code = compiler.Compile(name, source, context.Device.ComputeCapability, options);
        (nint module, CudaResult result, string log) = Load(context, code.Image.Span);
        if (code.IsFromCache && IsOfImage(result))
        {
            // What another run stored does not load here, say after another driver was installed: once more, without
            // it.
            code = compiler.CompileAnew(name, source, context.Device.ComputeCapability, options);
            (module, result, log) = Load(context, code.Image.Span);
        }
        if (result != CudaResult.Success) throw Failure(result, name, log);
        return new CudaModule(context, module, name);
    }

    /// <summary>Loads what the program embeds of a text; compiles it, or takes what an earlier run compiled, where that
    /// is nothing for this device.</summary>
    /// <param name="context">Of the device.</param>
    /// <param name="compiler">Loads NVRTC; not called where it is not needed.</param>
    /// <param name="name">Of the text.</param>
    /// <param name="source">CUDA C++ of kernels that are <c>extern "C"</c>.</param>
    /// <param name="options">Of NVRTC, besides the architecture.</param>
    /// <exception cref="CudaLibraryNotFoundException">It has to be compiled, and NVRTC is not on this machine.
    /// </exception>
    internal static CudaModule Find(CudaContext context, Func<CudaRuntimeCompiler> compiler, string name, string source,
        params ReadOnlySpan<string> options)
    {
        EmbeddedSearch embedded = EmbeddedCubins.Find(name, source, options, context.Device.ComputeCapability);
        foreach ((CubinTarget target, byte[] image) in embedded.Images())
        {
            (nint module, CudaResult result, string log) = Load(context, image);
            if (result == CudaResult.Success) return new CudaModule(context, module, name);
            CudaException failure = Failure(result, name, log);
            if (!IsOfImage(result)) throw failure;
            embedded.Refuse(target, failure.Message);
        }
        CudaRuntimeCompiler found;
        try
        {
            found = compiler();
        }
        catch (CudaLibraryNotFoundException missing)
        {
            throw embedded.Explain(missing);
        }
        return Compile(context, found, name, source, options);
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>What it belongs to.</summary>
    public CudaContext Context { get; }

    /// <summary>The driver's handle, a CUmodule.</summary>
    /// <exception cref="ObjectDisposedException">The module has been disposed.</exception>
    public nint Handle => resource.Of(this);

    /// <summary>A kernel by its name.</summary>
    /// <param name="name">As in the text.</param>
    /// <exception cref="CudaException">There is none of that name.</exception>
    public CudaKernel GetKernel(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        nint handle = Handle, function;
        Context.MakeCurrent();
        fixed (byte* text = Utf8.Bytes(name))
        {
            CudaCheck.Success(Driver.cuModuleGetFunction(&function, handle, text),
                nameof(Driver.cuModuleGetFunction), $"looking in {Name} for the kernel", name);
        }
        return new CudaKernel(this, function, name);
    }

    /// <summary>A variable of the text, such as <c>__device__ float table[64]</c>.</summary>
    /// <param name="name">As in the text.</param>
    /// <param name="bytes">Its length.</param>
    /// <returns>Its address on the device.</returns>
    /// <exception cref="CudaException">There is none of that name.</exception>
    public ulong GetGlobal(string name, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        nint handle = Handle;
        Context.MakeCurrent();
        ulong address;
        nuint length;
        fixed (byte* text = Utf8.Bytes(name))
        {
            CudaCheck.Success(Driver.cuModuleGetGlobal_v2(&address, &length, handle, text),
                nameof(Driver.cuModuleGetGlobal_v2), $"looking in {Name} for the variable", name);
        }
        bytes = (long)length;
        return address;
    }

    /// <summary>Unloads the kernels; again is harmless.</summary>
    public void Dispose() => resource.Dispose();

    static (nint Module, CudaResult Result, string Log) Load(CudaContext context, ReadOnlySpan<byte> image)
    {
        context.MakeCurrent();
        // The driver reads PTX up to a 0, and says nothing of its length.
        byte[] bytes = new byte[image.Length + 1], log = new byte[LogBytes];
        image.CopyTo(bytes);
        nint module;
        fixed (byte* data = bytes, text = log)
        {
            JitOption* options = stackalloc JitOption[] { JitOption.ErrorLogBuffer, JitOption.ErrorLogBufferBytes };
            void** values = stackalloc void*[] { text, (void*)(nint)LogBytes };
            CudaResult result = Driver.cuModuleLoadDataEx(&module, data, 2, options, values);
            return (module, result, result == CudaResult.Success ? "" : Utf8.Text(log));
        }
    }

    /// <summary>Whether the driver does not take an image, as one for other devices or of a newer compiler, and may
    /// well take another.</summary>
    static bool IsOfImage(CudaResult result) => result is CudaResult.InvalidImage or CudaResult.NoBinaryForGpu
        or CudaResult.InvalidPtx or CudaResult.UnsupportedPtxVersion or CudaResult.JitCompilationDisabled
        or CudaResult.JitCompilerNotFound;

    static CudaException Failure(CudaResult result, string name, string log) => CudaCheck.Exception(result,
        nameof(Driver.cuModuleLoadDataEx), "loading the kernels of",
        log.Length == 0 ? name : $"{name} (the driver says: {log.Trim()})");

    static void Unload(nint module, nint argument) => _ = Driver.cuModuleUnload(module);
}
