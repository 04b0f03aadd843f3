using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>
/// A result may lie over what its kernel reads only where both are in step. Row lengths are short of a vector, one vector, and a
/// vector with a tail; numbers are wrong if a row is written before it is read.
/// </summary>
public sealed class InPlaceTests
{
    static readonly AdamW Adam = new(learningRate: 1e-3f);

    public static TheoryData<int> Lengths => [1, 5, 16, 33, 40];

    static float[] X(int rows) => Draw.Reals(rows * 6);

    [Theory, MemberData(nameof(Lengths))]
    public void ReadBothWays_EqualsEager(int rows)
    {
        using var trainer = ReadBothWays.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new ReadBothWays();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X(rows)), eager, () => eager.Loss(new(X(rows), rows, 6)));
    }

    [Theory, MemberData(nameof(Lengths))]
    public void ReadAgainAfterAWrite_EqualsEager(int rows)
    {
        using var trainer = ReadAgainAfterAWrite.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new ReadAgainAfterAWrite();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X(rows)), eager, () => eager.Loss(new(X(rows), rows, 6)));
        // Without a gradient nothing is saved: the scores die where they are read.
        using var session = trainer.CreateSession();
        var mixed = new float[rows * 6];
        session.Mixed(X(rows), mixed);
        EagerEqualsCompiled.Close("mixed", eager.Mixed(new(X(rows), rows, 6)).Data, mixed);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void ReadFirstOfAll_EqualsEager(int rows)
    {
        using var trainer = ReadFirstOfAll.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new ReadFirstOfAll();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X(rows)), eager, () => eager.Loss(new(X(rows), rows, 6)));
        // Without a gradient nothing is saved: the scores die where they are read.
        using var session = trainer.CreateSession();
        var mixed = new float[rows * 6];
        session.Mixed(X(rows), mixed);
        EagerEqualsCompiled.Close("mixed", eager.Mixed(new(X(rows), rows, 6)).Data, mixed);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void RowsInPlace_EqualEager(int rows)
    {
        using var trainer = RowsInPlace.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new RowsInPlace();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X(rows)), eager, () => eager.Loss(new(X(rows), rows, 6)));
        using var session = trainer.CreateSession();
        var numbers = new float[4 * rows];
        session.Numbers(X(rows), numbers);
        EagerEqualsCompiled.Close("numbers", eager.Numbers(new(X(rows), rows, 6)).Data, numbers);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void SlotsInPlace_EqualEager(int rows)
    {
        using var trainer = SlotsInPlace.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new SlotsInPlace();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(X(rows)), eager, () => eager.Loss(new(X(rows), rows, 6)));
    }
}
