using System;
using System.IO;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Native;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>NVRTC as <c>get-nvrtc.sh</c> fetches it, loaded once for this process.</summary>
static class RealCompiler
{
    /// <summary>What the register ceilings are for.</summary>
    static readonly Version Version = new(11, 8);

    static readonly Lazy<(CudaRuntimeCompiler? Compiler, string Missing)> compiler = new(Load);

    /// <summary>Where it is unpacked to.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "Tests", "Cuda", "nvrtc");

    /// <summary>The compiler, without a cache; skips the test where it is not there.</summary>
    public static CudaRuntimeCompiler OrSkip()
    {
        Assert.SkipWhen(compiler.Value.Compiler is null, compiler.Value.Missing);
        return compiler.Value.Compiler!;
    }

    static (CudaRuntimeCompiler?, string) Load()
    {
        if (CudaLibraries.UsesSimulator) return (null, "MODELCOMPILER_CUDA is sim, so the simulator stands for NVRTC in this process: run without it");
        if (Directory.Exists(Folder))
        {
            string? others = Environment.GetEnvironmentVariable(LibrarySearch.FoldersVariable);
            Environment.SetEnvironmentVariable(LibrarySearch.FoldersVariable, string.IsNullOrEmpty(others) ? Folder : $"{Folder}{Path.PathSeparator}{others}");
        }
        try
        {
            var real = new CudaRuntimeCompiler(new CubinCache(folder: null));
            return real.Version == Version ? (real, "")
                : (null, $"NVRTC {Version} is not there, {real.Version} is ({CudaLibraries.PathOf(CudaLibrary.Compiler)}): run Tests/Cuda/get-nvrtc.sh, which fetches it");
        }
        catch (CudaLibraryNotFoundException)
        {
            return (null, $"NVRTC {Version} is not there: run Tests/Cuda/get-nvrtc.sh, which fetches libnvrtc11.2 and libnvrtc-builtins11.8 of Debian's section non-free");
        }
    }
}
