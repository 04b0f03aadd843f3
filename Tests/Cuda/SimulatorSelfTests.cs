using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using ModelCompiler.Tests.Cuda.Simulated;

namespace ModelCompiler.Tests.Cuda;

/// <summary>The simulator's own tests, planted bugs among them: what it does not catch, no test on it can.</summary>
public sealed class SimulatorSelfTests
{
    [Fact]
    public async Task All_Pass()
    {
        Assert.SkipUnless(Simulator.IsBuilt, Simulator.HowToBuild);
        var start = new ProcessStartInfo(Path.Combine(Path.GetDirectoryName(Simulator.Path)!, "selftest"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string report = await output;
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{report}\n{await errors}");
        Assert.Matches(@"\d+ tests, \d+ assertions, 0 failed", report);
    }
}
