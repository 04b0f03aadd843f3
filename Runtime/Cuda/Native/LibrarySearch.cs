using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>Where the libraries of CUDA may be, in the order they are tried. Looks at folders, loads nothing.</summary>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="applicationFolder">Where the program is.</param>
/// <param name="root">Of the file system; another one in tests.</param>
/// <param name="isWindows">Whether names and folders are those of Windows.</param>
/// <remarks>
/// <para>The order: the simulator if it is chosen, and nothing else then; folders of <see cref="FoldersVariable"/>; the
/// program's own; what the system's loader finds; CUDA's own folders, newest first; the driver's; Python's packages.
/// </para>
/// <para>Within a folder the newest version comes first. A version newer than the driver's is left out: its cubins
/// would not load.</para>
/// </remarks>
sealed class LibrarySearch(Func<string, string?> variable, string applicationFolder, string root, bool isWindows)
{
    /// <summary>"sim" binds all libraries to the one that <see cref="SimulatorVariable"/> names.</summary>
    public const string ModeVariable = "MODELCOMPILER_CUDA";

    /// <summary>Path of the simulator's library.</summary>
    public const string SimulatorVariable = "MODELCOMPILER_CUDA_SIMULATOR";

    /// <summary>Folders that are searched first, separated as in PATH.</summary>
    public const string FoldersVariable = "MODELCOMPILER_CUDA_LIBRARIES";

    /// <summary>"off" makes NVRTC count as missing, to try on any machine what an executable does without it.</summary>
    public const string CompilerVariable = "MODELCOMPILER_CUDA_NVRTC";

    /// <summary>The machine's own.</summary>
    public static LibrarySearch OfMachine { get; } = new(Environment.GetEnvironmentVariable,
        AppContext.BaseDirectory, "/", OperatingSystem.IsWindows());

    /// <summary>Whether the simulator was chosen.</summary>
    public bool UsesSimulator => variable(ModeVariable) == "sim";

    /// <summary>Whether a library is not to be looked for.</summary>
    /// <param name="library">Which one.</param>
    public bool IsOff(CudaLibrary library) => library == CudaLibrary.Compiler && variable(CompilerVariable) == "off";

    /// <summary>Every file that may be the library, those that are not there included.</summary>
    /// <param name="library">Which one.</param>
    /// <param name="newest">Major version of CUDA of the driver; null if not known.</param>
    public IReadOnlyList<LibraryFile> Files(CudaLibrary library, int? newest = null)
    {
        if (IsOff(library)) return [];
        if (UsesSimulator)
        {
            string? path = variable(SimulatorVariable);
            return string.IsNullOrEmpty(path) ? [] : [new(path, 0, SimulatorVariable)];
        }
        (string Name, int Version)[] names = [.. Names(library).Where(n => newest is null || n.Version <= newest)];
        List<LibraryFile> files = [];
        foreach (string folder in Listed(FoldersVariable)) Add(folder, FoldersVariable);
        Add(applicationFolder, "the program's folder");
        files.AddRange(names.Select(n => new LibraryFile(n.Name, n.Version, "the system's loader")));
        foreach (string folder in CudaFolders()) Add(folder, "an installation of CUDA");
        foreach (string folder in DriverFolders()) Add(folder, "the driver's folder");
        if (library != CudaLibrary.Driver)
            foreach (string folder in PythonFolders()) Add(folder, "a Python package");
        return files;

        void Add(string folder, string source)
        {
            foreach ((string name, int version) in names) files.Add(new(Path.Combine(folder, name), version, source));
        }
    }

    /// <summary>Files that must be loaded before a library, because it asks for them by name only.</summary>
    /// <param name="library">Which one.</param>
    /// <param name="file">Where it was found.</param>
    public IEnumerable<string> Before(CudaLibrary library, LibraryFile file)
    {
        if (UsesSimulator || file.IsBareName) return [];    // the loader finds them as it found the library
        string folder = Path.GetDirectoryName(file.Path)!;
        string pattern = library switch
        {
            CudaLibrary.Compiler => isWindows ? "nvrtc-builtins64_*.dll" : "libnvrtc-builtins.so.*",
            CudaLibrary.Blas => isWindows ? "cublasLt64_*.dll" : "libcublasLt.so.*",
            _ => "",
        };
        if (pattern.Length == 0) return [];
        string version = isWindows ? $"64_{file.Version}" : $".so.{file.Version}";
        return FilesBelow(folder, pattern).Where(f => Path.GetFileName(f).Contains(version, StringComparison.Ordinal));
    }

    /// <summary>What a library is called, newest version first.</summary>
    (string Name, int Version)[] Names(CudaLibrary library) => (library, isWindows) switch
    {
        (CudaLibrary.Driver, false) => [("libcuda.so.1", 0)],
        (CudaLibrary.Compiler, false) => [("libnvrtc.so.13", 13), ("libnvrtc.so.12", 12), ("libnvrtc.so.11.2", 11)],
        (CudaLibrary.Blas, false) => [("libcublas.so.13", 13), ("libcublas.so.12", 12), ("libcublas.so.11", 11)],
        (CudaLibrary.BlasLt, false) =>
            [("libcublasLt.so.13", 13), ("libcublasLt.so.12", 12), ("libcublasLt.so.11", 11)],
        (CudaLibrary.Driver, true) => [("nvcuda.dll", 0)],
        (CudaLibrary.Compiler, true) =>
            [("nvrtc64_130_0.dll", 13), ("nvrtc64_120_0.dll", 12), ("nvrtc64_112_0.dll", 11)],
        (CudaLibrary.Blas, true) => [("cublas64_13.dll", 13), ("cublas64_12.dll", 12), ("cublas64_11.dll", 11)],
        (CudaLibrary.BlasLt, true) =>
            [("cublasLt64_13.dll", 13), ("cublasLt64_12.dll", 12), ("cublasLt64_11.dll", 11)],
        _ => throw new ArgumentOutOfRangeException(nameof(library), library, "There is no such library."),
    };

    IEnumerable<string> CudaFolders()
    {
        foreach (string home in (string[])["CUDA_HOME", "CUDA_PATH"])
        {
            if (variable(home) is { Length: > 0 } folder)
            {
                yield return Path.Combine(folder, isWindows ? "bin" : "lib64");
                if (isWindows) yield return Path.Combine(folder, "bin", "x64");
            }
        }
        if (isWindows) yield break;
        foreach (string folder in FoldersBelow(Path.Combine(root, "usr/local"), "cuda*").OrderDescending(Versions))
            yield return Path.Combine(folder, "lib64");
        yield return Path.Combine(root, "opt/cuda/lib64");
    }

    /// <summary>Where packages and containers put the driver; the rest of CUDA is often beside it.</summary>
    string[] DriverFolders() => isWindows
        ? []
        : [.. ((string[])["usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64",
            "usr/local/nvidia/lib64", "usr/lib/wsl/lib"]).Select(f => Path.Combine(root, f)).Where(Directory.Exists)];

    /// <summary>nvidia/*/lib of every site-packages: what pip installs beside PyTorch.</summary>
    IEnumerable<string> PythonFolders()
    {
        List<string> packages = [.. Listed("PYTHONPATH")];
        foreach (string environment in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"])
            if (variable(environment) is { Length: > 0 } folder) packages.AddRange(PackagesOf(folder));
        if (variable("HOME") is { Length: > 0 } home) packages.AddRange(PackagesOf(Path.Combine(home, ".local")));
        foreach (string prefix in (string[])["usr/local", "usr", "opt/conda"])
            packages.AddRange(PackagesOf(Path.Combine(root, prefix)));
        string library = isWindows ? "bin" : "lib";
        return packages.SelectMany(p => FoldersBelow(Path.Combine(p, "nvidia"), "*")).Distinct()
            .Select(f => Path.Combine(f, library)).Where(Directory.Exists);
    }

    static IEnumerable<string> PackagesOf(string prefix) =>
        FoldersBelow(Path.Combine(prefix, "lib"), "python3*").OrderDescending(Versions)
            .SelectMany(p => (string[])[Path.Combine(p, "site-packages"), Path.Combine(p, "dist-packages")]);

    IEnumerable<string> Listed(string name) =>
        (variable(name) ?? "").Split(isWindows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>cuda-13.0 after cuda-12.8 after cuda-9: numbers are compared as numbers.</summary>
    static Comparer<string> Versions { get; } = Comparer<string>.Create((a, b) =>
        string.CompareOrdinal(Padded(a), Padded(b)));

    static string Padded(string path) => string.Join('.', Path.GetFileName(path).Split('.', '-')
        .Select(part => part.Any(char.IsAsciiDigit) ? Number(part).PadLeft(24, '0') : part));

    /// <summary>The digits of a part, such as 3 and 11 of python3 and 11.</summary>
    static string Number(string part) => string.Concat(part.Where(char.IsAsciiDigit));

    static IEnumerable<string> FoldersBelow(string folder, string pattern) =>
        Directory.Exists(folder) ? Listing(() => Directory.GetDirectories(folder, pattern)) : [];

    static IEnumerable<string> FilesBelow(string folder, string pattern) =>
        Directory.Exists(folder) ? Listing(() => Directory.GetFiles(folder, pattern)) : [];

    /// <summary>A folder that may not be read holds nothing for us. In a fixed order.</summary>
    static string[] Listing(Func<string[]> list)
    {
        try
        {
            string[] paths = list();
            Array.Sort(paths, StringComparer.Ordinal);
            return paths;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
