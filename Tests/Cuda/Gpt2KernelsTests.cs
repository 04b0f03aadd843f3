using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using ModelCompiler.Gpu;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Training;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>
/// The step of GPT-2 in bf16: what it launches and should take, and what the real compiler makes of its kernels. The table
/// <c>Gpt2Kernels.md</c> is what comes out; <c>UPDATE_GOLDEN=1 dotnet test</c> writes it.
/// </summary>
public sealed class Gpt2KernelsTests
{
    const long Tokens = 64 * 1024;

    const string Causal = "CAUSAL=1 WINDOW=0 LENGTHS=0 DOCUMENTS=0 BIAS=0 DROPOUT=0 VECTORS=1";

    /// <summary>The runtime's kernels that the step launches, and those that stand for what it generates itself.</summary>
    static readonly (string File, string Defines)[] Library =
    [
        ("attention_forward", $"ELEMENT=bf16 HEAD=64 VALUE=64 {Causal}"),
        ("attention_backward", $"ELEMENT=bf16 HEAD=64 VALUE=64 {Causal}"),
        ("attention_delta", $"ELEMENT=bf16 HEAD=64 VALUE=64 {Causal}"),
        ("optimizer", "COPY=float"), ("gradients", ""), ("rows", "WORD=uint4"), ("scatter_add", "ELEMENT=bf16"), ("convert", "FROM=float TO=bf16"), ("program", ""),
        ("layer_norm", "ELEMENT=bf16 WEIGHT=float COLUMNS=768 LANES_FORWARD=32 LANES_BACKWARD=32 RESIDUAL=1 VECTORS=1"),
        ("cross_entropy", "ELEMENT=bf16 BLOCK=512 CACHED=1 GRADIENT=1 VECTORS=1"),
    ];

    static readonly Lazy<ModelKernels> model = new(() => ModelKernels.Of("Tests/Gpu/Models/Gpt2.cs", "Tests/Gpu/Models/Gpt2Block.cs")
        .Single(m => m.Model.EndsWith(".Gpt2", StringComparison.Ordinal)));

    [Fact]
    public void Plan_HasProductsAndAttentionInTheirStorageTypes()
    {
        ModelPlan plan = model.Value.Plan;
        PlannedLaunch up = plan.Launches.Single(l => l is { Kind: "product", Name: "BlocksUp" or "BlocksGeluTanh", Part: "forward" });
        Assert.Equal(12, up.Times);
        Assert.InRange(up.Flops, 2 * Tokens * 768 * 3072, 1.02 * 2 * Tokens * 768 * 3072);
        // What goes into GELU is stored beside it; the bias is fp32.
        Assert.Equal(2 * (Tokens * 768 + 768 * 3072 + 2 * Tokens * 3072) + 4 * 3072, up.Bytes);
        PlannedLaunch[] attention = [.. plan.Launches.Where(l => l.Kind == "attention")];
        Assert.Equal(["forward", "backward"], attention.Select(l => l.Part));
        Assert.Equal(2 * 4 * Tokens * 768 + 4 * Tokens * 12, attention[0].Bytes);
        Assert.All(plan.Launches.Where(l => l.Kind == "generated"), l => Assert.Contains(l.Name, model.Value.Names));
        // Six operations a parameter and token, and attention's own.
        double products = plan.Launches.Where(l => l.Kind == "product").Sum(l => (double)l.Times * l.Flops);
        Assert.InRange(products, 48e12, 49e12);
        Assert.InRange(PlanTable.Seconds(plan), 0.08, 0.2);
    }

    [Fact]
    public void Kernels_SpillNothing_AndTheTableIsWhatComesOut()
    {
        CudaRuntimeCompiler compiler = RealCompiler.OrSkip();
        var text = new StringBuilder("# Kernels of GPT-2, 124 million parameters, in bf16\n\n");
        text.Append("`Gpt2KernelsTests` writes this: `UPDATE_GOLDEN=1 dotnet test`. Times are predictions by bytes and FLOP, not measurements; 64 texts of 1024 tokens.\n\n");
        text.Append(PlanTable.Write(model.Value.Plan, Tokens));
        text.Append("\n## What NVRTC 11.8 makes of them\n\nLaunch bounds are as the kernel says: threads of a block, and blocks a multiprocessor is to hold at least. Shared memory is what it declares.\n\n");
        text.Append("| kernel | of | launch bounds | registers sm_80 | registers sm_90 | spilled bytes | shared bytes | us predicted |\n|---|---|---:|---:|---:|---:|---:|---:|\n");
        Rows("the model", model.Value.Model + ".cu", model.Value.Text, []);
        foreach ((string file, string defines) in Library)
            Rows($"{file}.cu {defines}".TrimEnd(), file + ".cu", KernelLibrary.TextOf(file),
                KernelLibrary.OptionsOf(defines.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Match(text.ToString());

        void Rows(string of, string name, string source, string[] options)
        {
            IReadOnlyList<KernelReport> older = Reports(8), newer = Reports(9);
            foreach (KernelReport report in newer)
                text.Append(CultureInfo.InvariantCulture, $"| {report.Kernel} | {of} | {Threads(source, report.Kernel)} | ")
                    .Append(CultureInfo.InvariantCulture, $"{older.Single(r => r.Kernel == report.Kernel).Registers} | {report.Registers} | {report.SpillBytes} | {report.SharedBytes} | {Predicted(report.Kernel)} |\n");

            IReadOnlyList<KernelReport> Reports(int major)
            {
                CudaCode code = compiler.Compile(name, source, new(major, 0), [.. options, "--ptxas-options=-v"]);
                Assert.DoesNotContain(code.Log.Split('\n'), l => l.Contains("warning", StringComparison.Ordinal));
                IReadOnlyList<KernelReport> reports = [.. KernelReport.Read(code.Log).OrderBy(r => r.Kernel, StringComparer.Ordinal)];
                Assert.NotEmpty(reports);
                Assert.All(reports, r => Assert.True(r.SpillBytes == 0 && r.StackBytes == 0, $"{of}: {r}"));
                return reports;
            }
        }
    }

    /// <summary>Of one run of a generated kernel; empty for one that only the evaluation of a loss launches, or that is the runtime's.</summary>
    static string Predicted(string kernel) => model.Value.Plan.Launches.FirstOrDefault(l => l.Kind == "generated" && l.Name == kernel) is { } launch
        ? (launch.Nanoseconds * 1e-3).ToString("0.0", CultureInfo.InvariantCulture) : "";

    /// <summary>What <c>__launch_bounds__</c> says; a number, or the name of a constant.</summary>
    static string Threads(string source, string kernel)
    {
        Match bounds = Regex.Match(source, $@"__launch_bounds__\((?<threads>[^()]*(\([^()]*\)[^()]*)*)\)\s*{kernel}\(");
        return bounds.Success ? bounds.Groups["threads"].Value : "";
    }

    static void Match(string text)
    {
        string path = Path.Combine(Repository.Root, "Tests", "Cuda", "Gpt2Kernels.md");
        if (Repository.UpdatesGoldens) File.WriteAllText(path, text);
        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"{path} is not what comes out now: UPDATE_GOLDEN=1 dotnet test");
    }
}
