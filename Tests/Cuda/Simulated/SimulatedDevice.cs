using System;
using System.Collections.Generic;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>One context, stream and compiler for a class of tests, and its kernels, each file compiled once.</summary>
public sealed class SimulatedDevice : IDisposable
{
    readonly Dictionary<string, CudaModule> modules = [];
    readonly TemporaryFolder folder = new();
    CudaContext? context;
    CudaStream? stream;
    CudaRuntimeCompiler? compiler;
    KernelLibrary? library;

    public CudaContext Context => context ??= new CudaContext(CudaDevice.Get(0));

    public CudaStream Stream => stream ??= new CudaStream(Context);

    public CudaRuntimeCompiler Compiler => compiler ??= new CudaRuntimeCompiler(new CubinCache(folder["cubins"]));

    /// <summary>The runtime's own kernels.</summary>
    public KernelLibrary Library => library ??= new KernelLibrary(Context, Compiler);

    /// <summary>A kernel of <c>Tests/Cuda/Kernels</c>.</summary>
    public CudaKernel Kernel(string file, string name)
    {
        if (!modules.TryGetValue(file, out CudaModule? module))
            modules.Add(file, module = CudaModule.Compile(Context, Compiler, file, KernelText.Of(file)));
        return module.GetKernel(name);
    }

    /// <summary>An array with these values.</summary>
    public CudaDeviceVariable<T> Upload<T>(params ReadOnlySpan<T> values) where T : unmanaged
    {
        var variable = new CudaDeviceVariable<T>(Context, values.Length);
        variable.CopyToDevice(values, Stream);
        return variable;
    }

    /// <summary>All values of an array.</summary>
    public T[] Download<T>(CudaDeviceVariable<T> variable) where T : unmanaged
    {
        var values = new T[variable.Size];
        variable.CopyToHost(values, Stream);
        return values;
    }

    public void Dispose()
    {
        library?.Dispose();
        foreach (CudaModule module in modules.Values) module.Dispose();
        stream?.Dispose();
        context?.Dispose();
        folder.Dispose();
    }
}
