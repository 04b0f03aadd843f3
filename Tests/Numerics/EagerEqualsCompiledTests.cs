using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Generated code computes what the same body computes when it runs as ordinary C#.</summary>
public sealed class EagerEqualsCompiledTests
{
    static readonly AdamW Adam = new(learningRate: 1e-3f);

    [Theory]
    [InlineData(4, 12)]
    [InlineData(3, 5)]
    [InlineData(1, 1)]
    public void SmallGpt_HasTheEagerGradients(int batch, int time)
    {
        int[] ids = Draw.Tokens(batch * time, 17), targets = Draw.Tokens(batch * time, 17, stream: 3);
        using var trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new SmallGpt();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(ids, targets, batch, time), eager,
            () => eager.Loss(new(ids, batch, time), new(targets, batch, time)), zeroBySymmetry: time == 1
                ? ["key.bias", "key.weight", "query.bias", "query.weight"] : ["key.bias"]);
        var logits = new float[batch * time * 17];
        using var session = trainer.CreateSession();
        session.Logits(ids, logits, batch, time);
        EagerEqualsCompiled.Close("logits", eager.Logits(new(ids, batch, time)).Data, logits);
    }

    [Fact]
    public void ParameterInsideAndOutsideALoop_HasTheEagerGradients()
    {
        float[] x = Draw.Reals(5 * 6);
        using var trainer = InsideAndOutside.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new InsideAndOutside();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, 5, 6)));
    }

    [Fact]
    public void OneBlockManyTimes_HasTheEagerGradients()
    {
        float[] x = Draw.Reals(7 * 5);
        using var trainer = OneBlockManyTimes.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new OneBlockManyTimes();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, 7, 5)));
    }

    [Fact]
    public void FirstLayersBias_HasTheEagerGradients()
    {
        float[] x = Draw.Reals(3 * 5 * 4);
        using var trainer = FirstLayersBias.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new FirstLayersBias();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x, B: 3, T: 5), eager, () => eager.Loss(new(x, 3, 5, 4)),
            zeroBySymmetry: ["mix.bias"]);
    }

    [Fact]
    public void SkipConnections_HasTheEagerGradients()
    {
        float[] x = Draw.Reals(8 * 6);
        using var trainer = SkipConnections.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new SkipConnections();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, 8, 6)));
    }

    [Fact]
    public void NestedLoops_HaveTheEagerGradients()
    {
        float[] x = Draw.Reals(6 * 4);
        using var trainer = NestedLoops.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new NestedLoops();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, 6, 4)));
    }

    [Theory]
    [InlineData(4, 9)]
    [InlineData(2, 1)]
    public void Recurrent_HasTheEagerGradients(int batch, int time)
    {
        int[] ids = Draw.Tokens(batch * time, 11), targets = Draw.Tokens(batch * time, 11, stream: 3);
        using var trainer = Recurrent.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new Recurrent();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(ids, targets, batch, time), eager,
            () => eager.Loss(new(ids, batch, time), new(targets, batch, time)), zeroBySymmetry: time == 1 ? ["memory.state"] : []);
    }

    [Fact]
    public void Perceptron_HasTheEagerGradientsAndResults()
    {
        float[] x = Draw.Reals(32 * 64);
        int[] labels = Draw.Tokens(32, 10);
        using var trainer = Perceptron.CreateTrainer(Device.Cpu, Adam, seed: 7);
        var eager = new Perceptron();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x, labels), eager, () => eager.Loss(new(x, 32, 64), new(labels, 32)));
        using var session = trainer.CreateSession();
        float[] probabilities = new float[320], hidden = new float[32 * 32];
        session.Explain(x, probabilities, hidden);
        (Tensor expectedProbabilities, Tensor expectedHidden) = eager.Explain(new(x, 32, 64));
        EagerEqualsCompiled.Close("probabilities", expectedProbabilities.Data, probabilities);
        EagerEqualsCompiled.Close("hidden", expectedHidden.Data, hidden);
        Assert.Equal(trainer.ComputeGradients(x, labels), session.Loss(x, labels));
    }
}
