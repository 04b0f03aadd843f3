using System;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Comparisons, choices and casts are exact, whatever reads them.</summary>
public sealed class IntegerAndConditionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 17)]
    [InlineData(9, 40)]
    public void ChoicesByIntegers_AreExactAndPassTheGradientToTheChosen(int batch, int time)
    {
        int[] ids = Draw.Tokens(batch * time, 7);
        using var trainer = Choices.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 7);
        var eager = new Choices();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(ids, batch, time), eager, () => eager.Loss(new(ids, batch, time)));
        float[] oneHot = new float[batch * time * 7], before = new float[batch * time];
        using var session = trainer.CreateSession();
        session.OneHot(ids, oneHot, batch, time);
        session.Before(ids, before, batch, time);
        Assert.Equal(eager.OneHot(new(ids, batch, time)).Data, Array.ConvertAll(oneHot, x => (double)x));
        Assert.Equal(eager.Before(new(ids, batch, time)).Data, Array.ConvertAll(before, x => (double)x));
    }
}
