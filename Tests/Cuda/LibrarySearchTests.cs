using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Native;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>Where libraries are looked for, in a machine made of folders, and what is said where they are not.</summary>
public sealed class LibrarySearchTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly Dictionary<string, string> variables = [];
    readonly List<string> loaded = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Places_AreTriedInTheDocumentedOrder()
    {
        Variable("MODELCOMPILER_CUDA_LIBRARIES", $"{folder["first"]}:{folder["second"]}");
        Make("usr/local/cuda-12.8/lib64/x", "usr/local/cuda-13.0/lib64/x", "usr/local/cuda-9.2/lib64/x", "usr/lib64/x",
            "usr/lib/python3.9/dist-packages/nvidia/cublas/lib/x", "usr/lib/python3.11/site-packages/nvidia/cu13/lib/x");
        string[] places = [.. Search.Files(CudaLibrary.Blas).Where(f => f.Version == 12).Select(f => f.IsBareName ? "loader" : Short(f.Path))];
        Assert.Equal(
        [
            "first/libcublas.so.12", "second/libcublas.so.12", "app/libcublas.so.12", "loader", "usr/local/cuda-13.0/lib64/libcublas.so.12",
            "usr/local/cuda-12.8/lib64/libcublas.so.12", "usr/local/cuda-9.2/lib64/libcublas.so.12", "opt/cuda/lib64/libcublas.so.12",
            "usr/lib64/libcublas.so.12", "usr/lib/python3.11/site-packages/nvidia/cu13/lib/libcublas.so.12",
            "usr/lib/python3.9/dist-packages/nvidia/cublas/lib/libcublas.so.12",
        ], places);
    }

    [Fact]
    public void NewestVersionOfAPlace_ComesFirst()
    {
        Make("app/libnvrtc.so.11.2", "app/libnvrtc.so.12");
        Assert.Equal("app/libnvrtc.so.12", Load(CudaLibrary.Compiler));
    }

    [Fact]
    public void VersionAboveTheDrivers_IsLeftOut()
    {
        Make("app/libnvrtc.so.13", "app/libnvrtc.so.12", "app/libnvrtc.so.11.2");
        Assert.Equal("app/libnvrtc.so.12", Load(CudaLibrary.Compiler, newest: 12));
        Assert.DoesNotContain(loaded, l => l.Contains(".13", StringComparison.Ordinal));
    }

    [Fact]
    public void Builtins_AreLoadedBeforeTheCompiler_OfItsOwnVersion()
    {
        Make("app/libnvrtc.so.12", "app/libnvrtc-builtins.so.12.4", "app/libnvrtc-builtins.so.11.8");
        Load(CudaLibrary.Compiler);
        Assert.Equal(["app/libnvrtc-builtins.so.12.4", "app/libnvrtc.so.12"], loaded.Select(Short));
    }

    [Fact]
    public void BlasLt_IsLoadedBeforeBlas()
    {
        Make("usr/lib/python3.12/site-packages/nvidia/cublas/lib/libcublas.so.12", "usr/lib/python3.12/site-packages/nvidia/cublas/lib/libcublasLt.so.12");
        Load(CudaLibrary.Blas);
        Assert.EndsWith("libcublasLt.so.12", loaded[^2], StringComparison.Ordinal);
        Assert.EndsWith("libcublas.so.12", loaded[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void VirtualEnvironment_IsSearched()
    {
        Variable("VIRTUAL_ENV", folder["venv"]);
        Make("venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12");
        Assert.Equal("venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12", Load(CudaLibrary.Compiler));
    }

    [Fact]
    public void MissingCompiler_NamesEverythingThatWasTried()
    {
        Variable("MODELCOMPILER_CUDA_LIBRARIES", folder["mine"]);
        var failure = Assert.Throws<CudaLibraryNotFoundException>(() => Load(CudaLibrary.Compiler, newest: 12));
        Assert.Contains("NVRTC", failure.Library, StringComparison.Ordinal);
        Assert.Contains(failure.Tried, t => t.StartsWith(Path.Combine(folder["mine"], "libnvrtc.so.12") + ": no such file", StringComparison.Ordinal));
        Assert.Contains(failure.Tried, t => t.StartsWith("libnvrtc.so.11.2: cannot open shared object file", StringComparison.Ordinal));
        Assert.All(failure.Tried, t => Assert.Contains(t, failure.Message, StringComparison.Ordinal));
        Assert.Contains("MODELCOMPILER_CUDA_LIBRARIES", failure.Message, StringComparison.Ordinal);
        Assert.Contains("newer than 12 were left out", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFile_IsPassedOver_AndNamed()
    {
        Make("app/libcublasLt.so.13", "usr/lib64/libcublasLt.so.12");
        broken.Add(folder["app/libcublasLt.so.13"]);
        Assert.Equal("usr/lib64/libcublasLt.so.12", Load(CudaLibrary.BlasLt));
    }

    [Fact]
    public void MissingDriver_IsAnErrorOfItsOwn()
    {
        var failure = Assert.Throws<CudaNoDriverException>(() => Load(CudaLibrary.Driver));
        Assert.Contains(failure.Tried, t => t.StartsWith("libcuda.so.1:", StringComparison.Ordinal));
        Assert.Contains("Device.Cpu", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Simulator_StandsForEveryLibrary_AndNothingElseIsTried()
    {
        Variable("MODELCOMPILER_CUDA", "sim");
        Variable("MODELCOMPILER_CUDA_SIMULATOR", folder["libmcsim.so"]);
        Make("libmcsim.so", "app/libcublas.so.12");
        foreach (CudaLibrary library in Enum.GetValues<CudaLibrary>()) Assert.Equal("libmcsim.so", Load(library));
        Assert.All(loaded, l => Assert.EndsWith("libmcsim.so", l, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nowhere/libmcsim.so")]
    public void MissingSimulator_NamesItsVariable(string? path)
    {
        Variable("MODELCOMPILER_CUDA", "sim");
        if (path is not null) Variable("MODELCOMPILER_CUDA_SIMULATOR", folder[path]);
        var failure = Assert.Throws<CudaLibraryNotFoundException>(() => Load(CudaLibrary.Driver));
        Assert.Contains("MODELCOMPILER_CUDA_SIMULATOR", failure.Message, StringComparison.Ordinal);
        if (path is not null) Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_HasNamesOfItsOwn()
    {
        var search = new LibrarySearch(v => v == "CUDA_PATH" ? folder["cuda"] : null, folder["app"], folder["root"], isWindows: true);
        IReadOnlyList<LibraryFile> files = search.Files(CudaLibrary.Compiler);
        Assert.Contains(files, f => f.Path == Path.Combine(folder["cuda"], "bin", "nvrtc64_120_0.dll"));
        Assert.DoesNotContain(files, f => f.Path.EndsWith(".so", StringComparison.Ordinal));
        Assert.Equal("nvcuda.dll", Assert.Single(search.Files(CudaLibrary.Driver), f => f.IsBareName).Path);
    }

    readonly HashSet<string> broken = [];

    LibrarySearch Search => new(v => variables.GetValueOrDefault(v), folder["app"], folder[""], isWindows: false);

    void Variable(string name, string value) => variables[name] = value;

    void Make(params string[] files)
    {
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
            File.WriteAllText(folder[file], "");
        }
    }

    /// <summary>The file that was chosen, below the folder.</summary>
    string Load(CudaLibrary library, int? newest = null)
    {
        (nint handle, string path) = CudaLibraries.Load(library, Search, newest, TryLoad);
        Assert.NotEqual(0, handle);
        return Short(path);
    }

    nint TryLoad(string path, out string problem)
    {
        problem = path.Contains('/', StringComparison.Ordinal) ? "file too short" : "cannot open shared object file: No such file or directory";
        if (!File.Exists(path) || broken.Contains(path)) return 0;
        loaded.Add(path);
        return 1;
    }

    string Short(string path) => Path.GetRelativePath(folder[""], path);
}
