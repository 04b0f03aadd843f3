using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>
/// Finds and loads the libraries of CUDA, once a process. Bindings carry logical names, and this is the one resolver
/// that says which files they are.
/// </summary>
/// <remarks>An assembly can have one resolver. This assembly's other imports are of libc, which goes its usual way.
/// </remarks>
static class CudaLibraries
{
    public const string DriverName = "modelcompiler:cuda", CompilerName = "modelcompiler:nvrtc",
        BlasName = "modelcompiler:cublas", BlasLtName = "modelcompiler:cublasLt";

    static readonly Lock gate = new();
    static readonly nint[] handles = new nint[4];
    static readonly string[] paths = ["", "", "", ""];
    static int driverVersion;

    static CudaLibraries() => NativeLibrary.SetDllImportResolver(typeof(CudaLibraries).Assembly, Resolve);

    /// <summary>Whether the simulator stands for the device.</summary>
    public static bool UsesSimulator => LibrarySearch.OfMachine.UsesSimulator;

    /// <summary>Loads a library, if it is not loaded yet. Every facade calls this before its first call.</summary>
    /// <exception cref="CudaNoDriverException">There is no driver.</exception>
    /// <exception cref="CudaLibraryNotFoundException">There is no such library.</exception>
    public static void Require(CudaLibrary library)
    {
        if (Volatile.Read(ref handles[(int)library]) == 0) _ = Load(library);
    }

    /// <summary>The file a library was loaded from; empty before.</summary>
    public static string PathOf(CudaLibrary library)
    {
        lock (gate) return paths[(int)library];
    }

    /// <summary>Says what the driver supports, such as 12040, so that no newer library is chosen.</summary>
    public static void LimitTo(int version) => Volatile.Write(ref driverVersion, version);

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name switch
    {
        DriverName => Load(CudaLibrary.Driver),
        CompilerName => Load(CudaLibrary.Compiler),
        BlasName => Load(CudaLibrary.Blas),
        BlasLtName => Load(CudaLibrary.BlasLt),
        _ => 0,
    };

    static nint Load(CudaLibrary library)
    {
        lock (gate)
        {
            ref nint handle = ref handles[(int)library];
            if (handle != 0) return handle;
            // All of the same major version where one is chosen already: cuBLAS and cuBLASLt share data.
            int? newest = driverVersion == 0 ? null : driverVersion / 1000;
            (nint loaded, string path) = Load(library, LibrarySearch.OfMachine, newest, TryLoad);
            paths[(int)library] = path;
            Volatile.Write(ref handle, loaded);
            return loaded;
        }
    }

    /// <summary>Goes through the places, loads the first library that loads, and says where it was.</summary>
    /// <param name="library">Which one.</param>
    /// <param name="search">The places.</param>
    /// <param name="newest">Major version of CUDA that the driver supports; null if not known.</param>
    /// <param name="load">Loads a file: its handle, or 0 and why.</param>
    /// <exception cref="CudaNoDriverException">There is no driver.</exception>
    /// <exception cref="CudaLibraryNotFoundException">There is no such library.</exception>
    internal static (nint Handle, string Path) Load(CudaLibrary library, LibrarySearch search, int? newest,
        LoadFile load)
    {
        List<string> tried = [];
        foreach (LibraryFile file in search.Files(library, newest))
        {
            if (!file.IsBareName && !File.Exists(file.Path))
            {
                tried.Add($"{file.Path}: no such file ({file.Source})");
                continue;
            }
            foreach (string first in search.Before(library, file))
                if (load(first, out string problem) == 0) tried.Add($"{first}: {problem} (before {file.Path})");
            nint handle = load(file.Path, out string why);
            if (handle != 0) return (handle, file.Path);
            tried.Add($"{file.Path}: {why} ({file.Source})");
        }
        throw NotFound(library, search, newest, tried);
    }

    static CudaException NotFound(CudaLibrary library, LibrarySearch search, int? newest, List<string> tried)
    {
        string what = NameOf(library);
        string list = string.Concat(tried.Select(t => "\n  " + t));
        if (search.IsOff(library))
        {
            return new CudaLibraryNotFoundException(what, tried, $"{what} is not looked for, since " +
                $"{LibrarySearch.CompilerVariable} is off.");
        }
        if (search.UsesSimulator)
        {
            return new CudaLibraryNotFoundException(what, tried, $"{LibrarySearch.ModeVariable} is sim, which makes " +
                $"one library stand for {what}, and {LibrarySearch.SimulatorVariable} does not lead to it. Set it to " +
                $"the path of the simulator's library, or unset {LibrarySearch.ModeVariable}. Tried:" +
                (tried.Count == 0 ? " nothing, since the variable is not set." : list));
        }
        if (library == CudaLibrary.Driver)
        {
            return new CudaNoDriverException("There is no NVIDIA driver on this machine: its library cannot be " +
                "loaded. Install the driver, or run on Device.Cpu. If it is installed, name its folder in " +
                $"{LibrarySearch.FoldersVariable}. Tried:{list}", tried);
        }
        string bound = newest is { } major
            ? $" Versions newer than {major} were left out, since the driver supports CUDA {major}." : "";
        return new CudaLibraryNotFoundException(what, tried, $"{what} is not on this machine, or cannot be loaded. " +
            $"Install it (the toolkit, or the Python package {PackageOf(library)}), or name the folder it is in, in " +
            $"{LibrarySearch.FoldersVariable}.{bound} Tried:{list}");
    }

    static string NameOf(CudaLibrary library) => library switch
    {
        CudaLibrary.Driver => "the CUDA driver",
        CudaLibrary.Compiler => "NVRTC, CUDA's run-time compiler,",
        CudaLibrary.Blas => "cuBLAS",
        _ => "cuBLASLt",
    };

    static string PackageOf(CudaLibrary library) =>
        library == CudaLibrary.Compiler ? "nvidia-cuda-nvrtc" : "nvidia-cublas";

    static nint TryLoad(string path, out string problem)
    {
        try
        {
            problem = "";
            return NativeLibrary.Load(path);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            // The system's own sentence; what .NET adds around it is of no use here.
            string text = failure.Message.ReplaceLineEndings("\n").Trim();
            problem = text.Split('\n').FirstOrDefault(l => l.Contains(path, StringComparison.Ordinal)
                && l.Contains(':', StringComparison.Ordinal)) ?? text.Split('\n')[0];
            return 0;
        }
    }
}
