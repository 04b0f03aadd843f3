using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Gpu.Bench;
using ModelCompiler.Gpu.Checks;

namespace ModelCompiler.Gpu;

/// <summary>What the commands do, with a line on the console for each check and measurement.</summary>
static class Runs
{
    public static List<CheckResult> Check(Options options)
    {
        var results = new List<CheckResult>();
        IEnumerable<CheckResult> all = KernelChecks.Areas.Where(options.MayAsk).SelectMany(a => KernelChecks.Run(a, options.IsAsked))
            .Concat(options.MayAsk(ModelChecks.Area) ? ModelChecks.Run(options.IsAsked, options.IsSmall) : []);
        foreach (CheckResult check in all)
        {
            results.Add(check);
            Console.WriteLine($"{(check.Passed ? "passed" : "FAILED")} {check.Seconds,7:0.0} s  {check.Area}: {check.Name}{(check.Detail.Length > 0 ? ": " + check.Detail : "")}");
        }
        Console.WriteLine($"{results.Count(c => c.Passed)} checks passed, {results.Count(c => !c.Passed)} failed");
        return results;
    }

    /// <returns>What was measured, and the launches of a step of GPT-2 as Markdown; empty where it was not asked for.</returns>
    public static (List<BenchRow> Rows, string Launches) Bench(Options options)
    {
        var rows = new List<BenchRow>();
        string launches = "";
        if (options.MayAsk("gpt2"))
        {
            (BenchRow whole, launches) = Gpt2Bench.Run(options.IsSmall);
            Add(whole);
        }
        using var kernels = new KernelBench(options.IsSmall);
        foreach (BenchRow row in kernels.Run(options.MayAsk)) Add(row);
        return (rows, launches);

        void Add(BenchRow row)
        {
            rows.Add(row);
            Console.WriteLine($"{row.Value,12:#,0.#} {row.Unit,-9} {row.Milliseconds,10:0.000} ms{(row.Predicted > 0 && !options.IsSmall ? $", {row.Predicted:0.000} predicted" : "")}  {row.Name}");
        }
    }

    /// <returns>1 where a check fails.</returns>
    public static int All(Options options)
    {
        List<CheckResult> checks = Check(options);
        List<BenchRow> rows = [];
        string problem = "", launches = "";
        try
        {
            (rows, launches) = Bench(options);
        }
        catch (Exception failure) when (failure is Runtime.Cuda.CudaException or InvalidOperationException)
        {
            problem = $"{failure.GetType().Name}: {failure.Message}";
            Console.Error.WriteLine(problem);
        }
        Console.WriteLine("report: " + Report.Write(options, checks, rows, launches, problem));
        return checks.All(c => c.Passed) && problem.Length == 0 ? 0 : 1;
    }
}
