using System;
using System.Diagnostics;
using System.Threading.Tasks;
using ModelCompiler.Runtime.Cuda.Native;
using ModelCompiler.Tests.Cuda.Simulated;
using ModelCompiler.Tests.Runtime;

namespace ModelCompiler.Tests.Cuda;

/// <summary>Runs the tests of the simulator in a process where it stands for all of CUDA.</summary>
public sealed class SimulatedRunTests
{
    [Fact]
    public async Task EveryTestOfTheSimulator_Passes()
    {
        Assert.SkipWhen(CudaLibraries.UsesSimulator, "this process runs them itself");
        Assert.SkipUnless(Simulator.IsBuilt, Simulator.HowToBuild);
        ProcessStartInfo start = ChildProcess.With("--filter-trait", "Category=Cuda");
        start.Environment[LibrarySearch.ModeVariable] = "sim";
        start.Environment[LibrarySearch.SimulatorVariable] = Simulator.Path;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string report = await output + await errors;
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{report}");
        Assert.Contains("failed: 0", report, StringComparison.Ordinal);
        Assert.Contains("skipped: 0", report, StringComparison.Ordinal);
        Assert.DoesNotContain("total: 0", report, StringComparison.Ordinal);
    }
}
