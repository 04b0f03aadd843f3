using ModelCompiler.Tests.Harness;
using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using ModelCompiler.Build;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Package;

/// <summary>The build tool: costs of an assembly's models, read from its metadata.</summary>
public sealed class ReportTests
{
    static readonly string ThisAssembly = typeof(ReportTests).Assembly.Location;

    [Fact]
    public void Costs_AreTheConstantsOfTheModel()
    {
        ModelCost cost = Assert.Single(ReadCosts.Run(ThisAssembly), m => m.Model == typeof(SmallGpt).FullName);
        Assert.Equal(SmallGpt.Cost.Parameters, cost.Parameters);
        Assert.Equal(new TrainingCost(SmallGpt.Cost.StepFlops, SmallGpt.Cost.ActivationBytes, SmallGpt.Cost.TrainingBytes), cost.Training);
        Assert.Contains(new EntryCost("Logits", SmallGpt.Cost.LogitsFlops, SmallGpt.Cost.LogitsBytes), cost.Entries);
        Assert.DoesNotContain(cost.Entries, e => e.Method is "Step" or "Training" or "Activation");
    }

    [Fact]
    public void Models_AreListedInOrderOfTheirNames()
    {
        string[] names = [.. ReadCosts.Run(ThisAssembly).Select(m => m.Model)];
        Assert.True(names.Length > 1);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void Report_GivesDigitsAndUnits()
    {
        string report = ReportEmitter.Write("App", [new("App.Net", 1234567, new(9876543210, 999, 9996), [new("Logits", 1000, 12345)])]);
        Assert.Equal("""
            # Models of App

            Memory and work at the largest dims. A fused multiply-add counts as two operations.

            ## App.Net

            1,234,567 parameters, 4.94 MB in fp32.

            | | FLOP | planned bytes | |
            |---|---:|---:|---|
            | training step | 9,876,543,210 | 999 | 999 B of activations |
            | training |  | 9,996 | 10.0 kB of activations, parameters, gradients and optimizer state |
            | `Logits` | 1,000 | 12,345 | 12.3 kB of activations |

            """, report);
    }

    [Fact]
    public void KernelsForCuda_AreFilesThatAreCudaOnTheirOwn()
    {
        using var folder = new TemporaryFolder();
        CudaTexts.WriteTo(folder["cuda"], CudaTexts.Of(ThisAssembly));
        string text = File.ReadAllText(Path.Combine(folder["cuda"], typeof(GptOnCuda).FullName + ".cu"));
        Assert.StartsWith("// Kernels of", text, StringComparison.Ordinal);
        Assert.True(text.IndexOf("row_sum", StringComparison.Ordinal) < text.IndexOf("extern \"C\" __global__", StringComparison.Ordinal));
        Assert.DoesNotContain("#include", text, StringComparison.Ordinal);
        Assert.Empty(CudaTexts.Of(typeof(ReadCosts).Assembly.Location));
    }

    [Fact]
    public void AssemblyWithoutModels_SaysSo()
    {
        Assert.Empty(ReadCosts.Run(typeof(ReadCosts).Assembly.Location));
        Assert.Contains("no `[Model]` class", ReportEmitter.Write("App", []), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_WithoutArguments_SaysWhatItExpects()
    {
        Command run = await Command.DotNet(AppContext.BaseDirectory, typeof(ReadCosts).Assembly.Location);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("was called with nothing; expected: report <assembly.dll> <report.md>", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_OnAFileThatIsNoAssembly_NamesItAndFails()
    {
        string folder = Directory.CreateTempSubdirectory("modelcompiler-report-").FullName;
        try
        {
            string file = Path.Combine(folder, "text.dll"), report = Path.Combine(folder, "report.md");
            await File.WriteAllTextAsync(file, "no assembly at all", TestContext.Current.CancellationToken);
            Command run = await Command.DotNet(folder, typeof(ReadCosts).Assembly.Location, "report", file, report);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(file, run.Errors, StringComparison.Ordinal);
            Assert.False(File.Exists(report));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
