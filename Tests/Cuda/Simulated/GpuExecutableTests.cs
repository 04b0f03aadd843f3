using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>The executable of <c>Tests/Gpu</c> that is carried to machines with a GPU: a few of its parts, on the simulator.</summary>
public sealed class GpuExecutableTests : SimulatedTests
{
    /// <summary>Little of each kind; all of it is minutes here.</summary>
    const string Few = "convert: float to bf16,pooling: Means_AreThoseOfTheCpu(halves,product: Product_OfAnyStrides(1,optimizer: Norm,models: DigitClassifier,numbers: FirstNotFinite_IsThatOfALoop(BFloat16,gpt2,copy,gradient_norm";

    [Fact]
    public async Task Run_OfAFewParts_PassesAndWritesAReport()
    {
        using var folder = new TemporaryFolder();
        Command run = (await Built.Run("ModelCompiler.Gpu", "run", "--small", "--only", Few, "--out", folder["reports"])).Succeeded();
        Assert.Contains(" 0 failed", run.Output, StringComparison.Ordinal);
        foreach (string area in (string[])["convert", "pooling", "product", "optimizer", "models", "numbers"])
            Assert.Contains($"{area}: ", run.Output, StringComparison.Ordinal);
        string report = File.ReadAllText(Directory.GetFiles(folder["reports"], "*-simulator.md").Single());
        Assert.Contains("**This ran on the simulator", report, StringComparison.Ordinal);
        Assert.Contains("| copy | ", report, StringComparison.Ordinal);
        Assert.Contains("| launch | layer | part | kind | calls | ms | ms predicted |", report, StringComparison.Ordinal);
        Assert.Matches(@"\n\| AdamW \| +\| update \| routine \| 1 \| [0-9.]+ \| [0-9.]+ \|", report);
        Assert.DoesNotContain("not planned", report, StringComparison.Ordinal);
        Assert.DoesNotContain("**failed**", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_NeedsNoDevice_AndWrongArgumentsAreRefused()
    {
        Command plan = (await Built.Run("ModelCompiler.Gpu", "plan")).Succeeded();
        Assert.StartsWith("Predicted for an H200: ", plan.Output, StringComparison.Ordinal);
        Assert.Contains("| AdamW |", plan.Output, StringComparison.Ordinal);
        Command wrong = await Built.Run("ModelCompiler.Gpu", "check", "--fast");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("--only", wrong.Errors, StringComparison.Ordinal);
    }
}
