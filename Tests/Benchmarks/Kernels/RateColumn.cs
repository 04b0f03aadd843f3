using System.Globalization;
using System.Linq;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>Counted operations by the mean time: as GFLOP/s, or as a share of what the same threads give at most.
/// </summary>
sealed class RateColumn(bool isShare) : IColumn
{
    public string Id => ColumnName;
    public string ColumnName => isShare ? "Of peak" : "GFLOP/s";
    public string Legend => isShare
        ? "Share of the fused multiply-add peak of as many threads, measured in this process"
        : "Floating-point operations in 1e-9 s, a fused multiply-add as two";
    public bool AlwaysShow => false;
    public ColumnCategory Category => ColumnCategory.Custom;
    public int PriorityInCategory => isShare ? 1 : 0;
    public bool IsNumeric => true;
    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(c => Counted(c) is not null);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => Counted(benchmarkCase) is null;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (Counted(benchmarkCase) is not { } counted || summary[benchmarkCase]?.ResultStatistics is not { } times)
            return "";
        double gflops = counted.Flops / times.Mean;     // nanoseconds
        if (!isShare) return gflops.ToString("F1", CultureInfo.InvariantCulture);
        int threads = (int)benchmarkCase.Parameters.Items.Single(p => p.Value is int).Value;
        return (100 * gflops / MachinePeaks.Of(threads).Gflops).ToString("F0", CultureInfo.InvariantCulture) + " %";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        GetValue(summary, benchmarkCase);

    static ICounted? Counted(BenchmarkCase benchmarkCase) =>
        benchmarkCase.Parameters.Items.Select(p => p.Value).OfType<ICounted>().FirstOrDefault();
}
