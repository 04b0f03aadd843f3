using System;
using System.CommandLine;
using System.Linq;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ModelCompiler.Benchmarks.Kernels;

namespace ModelCompiler.Benchmarks;

/// <summary><c>kernels --filter '*Gemm*'</c>: tables of the runtime's and the compiler's kernels.</summary>
static class KernelsCommand
{
    public static Command Create()
    {
        Option<string> filter = new("--filter") { Description = "Which benchmarks, with stars: '*Gemm*'.", DefaultValueFactory = _ => "*" };
        var command = new Command("kernels", "Measures kernels one by one, as tables.") { filter };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(filter)));
        return command;
    }

    static int Run(string filter)
    {
        MachinePeaks.Measure();
        // In this process: it already runs with the settings that kernels run with, and nothing has to be built again.
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn(new RateColumn(isShare: false), new RateColumn(isShare: true))
            .AddLogger(ConsoleLogger.Default).AddExporter(MarkdownExporter.Console)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(50))
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableOptimizationsValidator);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(KernelsCommand).Assembly).Run(["--filter", filter], config);
        if (summaries.Any(s => s.Reports.Length > 0)) return summaries.All(s => s.Reports.All(r => r.Success)) ? 0 : 1;
        Console.Error.WriteLine(
            $"--filter is \"{filter}\", which matches no benchmark; use '*' for all, or part of a name between stars, such as '*Gemm*'.");
        return 2;
    }
}
