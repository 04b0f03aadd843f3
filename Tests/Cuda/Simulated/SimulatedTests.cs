using System;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>What tests on the simulator share: they are skipped without it, run one after another, since its settings are the process's,
/// and fail if it caught anything.</summary>
[Collection(nameof(Simulator))]
[Trait("Category", "Cuda")]
public abstract class SimulatedTests : IDisposable
{
    /// <summary>In which the simulator can run the threads of a block: MCSIM_ORDER.</summary>
    protected static readonly string[] Orders = ["forward", "reverse", "random", "interleaved"];

    public static TheoryData<string> InOrders => [.. Orders];

    readonly bool runs;

    protected SimulatedTests()
    {
        Simulator.OrSkip();
        runs = true;
        Simulator.Reset();
    }

    /// <summary>What the simulator may have caught, where a test provokes it.</summary>
    protected bool ExpectsFindings { get; set; }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (!runs) return;
        string report = Simulator.Report;
        CudaDebug.SynchronizesLaunches = false;
        Simulator.Configure("MCSIM_ORDER", "forward");
        Simulator.Configure("MCSIM_FAIL", "");
        Simulator.Configure("MCSIM_LT_REFUSE", "none");
        Simulator.Reset();
        if (!ExpectsFindings) Assert.Equal("", report);
    }

    /// <summary>Of the scale of what is expected: max|Δ| against max|value|.</summary>
    protected static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double error)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = 0, most = 0;
        foreach (double value in expected) scale = Math.Max(scale, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++) most = Math.Max(most, double.IsNaN(actual[i]) ? double.PositiveInfinity : Math.Abs(expected[i] - actual[i]));
        Assert.True(most <= error * scale, $"{most} at a scale of {scale}: more than {error}");
    }
}
