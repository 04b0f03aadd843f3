using System;
using System.IO;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cuda.Native;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>The library that stands for a device: <c>Tests/CudaSimulator</c>. What it exports besides CUDA's functions.</summary>
static unsafe class Simulator
{
    public const string HowToBuild = "the simulator is not built: Tests/CudaSimulator/build.sh does it";

    static readonly Lazy<nint> library = new(() => NativeLibrary.Load(Path!));

    public static string Path { get; } = Environment.GetEnvironmentVariable(LibrarySearch.SimulatorVariable) is { Length: > 0 } path
        ? path : System.IO.Path.Combine(Repository.Root, "Tests", "CudaSimulator", "bin", "libmcsim.so");

    public static bool IsBuilt => File.Exists(Path);

    /// <summary>Skips the test unless this process runs on the simulator.</summary>
    public static void OrSkip()
    {
        Assert.SkipUnless(CudaLibraries.UsesSimulator, $"{LibrarySearch.ModeVariable} is not sim in this process: SimulatedRunTests starts one where it is");
        Assert.SkipUnless(IsBuilt, HowToBuild);
        Environment.SetEnvironmentVariable(LibrarySearch.SimulatorVariable, Path);
    }

    /// <summary>Sets a mode by the name of its environment variable.</summary>
    public static void Configure(string name, string value)
    {
        fixed (byte* n = Utf8.Bytes(name), v = Utf8.Bytes(value))
            Assert.True(0 == ((delegate* unmanaged<byte*, byte*, int>)Export("mcsimConfigure"))(n, v), $"the simulator does not know {name}={value}");
    }

    /// <summary>How often a function of CUDA was called since the last reset.</summary>
    public static long Calls(string function)
    {
        fixed (byte* name = Utf8.Bytes(function)) return ((delegate* unmanaged<byte*, long>)Export("mcsimCallCount"))(name);
    }

    /// <summary>How many objects are alive: "allocations", "streams", "graphExecs" and so on.</summary>
    public static long Live(string kind)
    {
        fixed (byte* name = Utf8.Bytes(kind)) return ((delegate* unmanaged<byte*, long>)Export("mcsimLiveCount"))(name);
    }

    /// <summary>What was caught since the last reset.</summary>
    public static string Report => Utf8.Text(((delegate* unmanaged<byte*>)Export("mcsimReport"))());

    /// <summary>Forgets counts, findings and errors that stay.</summary>
    public static void Reset() => ((delegate* unmanaged<void>)Export("mcsimReset"))();

    static nint Export(string name) => NativeLibrary.GetExport(library.Value, name);
}
