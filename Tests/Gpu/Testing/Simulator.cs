using System;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>
/// What the linked tests ask of the simulator. On a device there are no orders to sweep: a test that runs in four of them runs four times,
/// and still must have the same bits. On the simulator what it has caught counts.
/// </summary>
static unsafe class Simulator
{
    static readonly Lazy<nint> library = new(() => CudaLibraries.UsesSimulator
        ? NativeLibrary.Load(Environment.GetEnvironmentVariable(LibrarySearch.SimulatorVariable)!) : 0);

    public static string Report => library.Value == 0 ? ""
        : Utf8.Text(((delegate* unmanaged<byte*>)NativeLibrary.GetExport(library.Value, "mcsimReport"))());

    public static void OrSkip()
    {
    }

    public static void Configure(string name, string value)
    {
    }

    public static void Reset()
    {
        if (library.Value != 0) ((delegate* unmanaged<void>)NativeLibrary.GetExport(library.Value, "mcsimReset"))();
    }
}
