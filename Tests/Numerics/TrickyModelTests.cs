using System;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Models that once tempted the compiler into wrong memory or wrong places; each found a fault by review or by use.</summary>
public sealed class TrickyModelTests
{
    const int Rows = 33;

    static readonly AdamW Adam = new(learningRate: 1e-3f);
    static readonly float[] X = Draw.Reals(Rows * 6);

    static float[] Positive => [.. Draw.Reals(Rows * Rows, stream: 5).Select(v => MathF.Abs(v) + 0.1f)];

    [Fact]
    public void ReadTransposed_EqualsEager()
    {
        using var trainer = ReadTransposed.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new ReadTransposed();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X), eager, () => eager.Loss(new(X, Rows, 6)));
    }

    [Fact]
    public void ReadByColumn_EqualsEager()
    {
        float[] a = Positive;
        using var trainer = ReadByColumn.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new ReadByColumn();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(a, X), eager, () => eager.Loss(new(a, Rows, Rows), new(X, Rows, 6)));
        using var session = trainer.CreateSession();
        var normalized = new float[Rows * Rows];
        session.Normalized(a, normalized, Rows);
        EagerEqualsCompiled.Close("normalized", eager.Normalized(new(a, Rows, Rows)).Data, normalized);
    }

    [Fact]
    public void TwoRowResults_EqualEager()
    {
        using var trainer = TwoRowResults.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new TwoRowResults();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X), eager, () => eager.Loss(new(X, Rows, 6)));
    }

    [Fact]
    public void TwoSlotsOneProduct_EqualsEager()
    {
        using var trainer = TwoSlotsOneProduct.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new TwoSlotsOneProduct();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X), eager, () => eager.Loss(new(X, Rows, 6)));
    }

    [Fact]
    public void KeptFromOutside_EqualsEager()
    {
        using var trainer = KeptFromOutside.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new KeptFromOutside();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X), eager, () => eager.Loss(new(X, Rows, 6)));
    }

    [Fact]
    public void GrowingInside_EqualsEager()
    {
        float[] x = X[..(5 * 6)];
        using var trainer = GrowingInside.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new GrowingInside();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, 5, 6)));
    }

    [Fact]
    public void LikeItsMembers_EqualsEager()
    {
        using var trainer = LikeItsMembers.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new LikeItsMembers();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X), eager, () => eager.Loss(new(X, Rows, 6)));
    }

    [Fact]
    public void IntegersOutsideARange_AreComparedNotRefused()
    {
        int[] segments = [0, 1, 7, 3, -2, 3];
        using var weights = new Weights(Segments.Layout);
        using var session = new Segments.Session(weights, Device.Cpu);
        var sums = new float[4];
        session.Sums(segments, [1, 2, 4, 8, 16, 32], sums);
        Assert.Equal([1, 2, 0, 40], sums);
    }

    [Fact]
    public void OddShapes_EqualEager()
    {
        float[] x = X[..6];
        using var trainer = OddShapes.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new OddShapes();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, 6)));
    }

    [Fact]
    public void ResultOverAnInput_IsRefused()
    {
        using var trainer = ReadByColumn.CreateTrainer(Device.Cpu, Adam, seed: 7);
        using var session = trainer.CreateSession();
        float[] a = Positive;
        Assert.Contains("normalized overlaps a", Assert.Throws<ArgumentException>(() => session.Normalized(a, a, Rows)).Message, StringComparison.Ordinal);
    }
}
