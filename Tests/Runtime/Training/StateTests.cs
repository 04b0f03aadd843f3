using System;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models.Odd;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>What a trainer does with states and random numbers beside what the eager run does, which OddModelTests compare.</summary>
public sealed class StateTests
{
    const string Mean = "last.runningMean";

    [Fact]
    public void ComputeGradients_LeavesStatesAlone()
    {
        using NormalizedLayers.Trainer trainer = Create();
        trainer.ComputeGradients(Inputs(6));
        Assert.All(trainer.Parameter(Mean).ToArray(), x => Assert.Equal(0, x));
        trainer.Step(Inputs(6));
        Assert.All(trainer.Parameter(Mean).ToArray(), x => Assert.NotEqual(0, x));
    }

    [Fact]
    public void Step_ThatIsNotFinite_LeavesStatesAlone()
    {
        using NormalizedLayers.Trainer trainer = Create();
        float[] x = Inputs(6);
        trainer.Step(x);
        float[] before = trainer.Parameter(Mean).ToArray();
        x[3] = float.NaN;
        Assert.Throws<ArithmeticException>(() => trainer.Step(x));
        Assert.Equal(before, trainer.Parameter(Mean).ToArray());
    }

    [Fact]
    public void Gradient_OfAState_SaysThatThereIsNone()
    {
        using NormalizedLayers.Trainer trainer = Create();
        var error = Assert.Throws<System.Collections.Generic.KeyNotFoundException>(() => trainer.Gradient(Mean));
        Assert.Contains(Mean + " is a state of NormalizedLayers", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(NormalizedLayers.Layout.Tensors, t => !t.Parameter.IsState && t.Name.Contains("running", StringComparison.Ordinal));
        Assert.Equal(NormalizedLayers.Cost.Parameters, NormalizedLayers.Layout.ParameterCount);
    }

    [Fact]
    public void Checkpoint_HoldsStates()
    {
        using var folder = new TemporaryFolder();
        using NormalizedLayers.Trainer trainer = Create();
        for (int i = 0; i < 3; i++) trainer.Step(Inputs(6));
        float[] expected = Forward(trainer.CreateSession());
        string path = folder["model.safetensors"];
        trainer.Save(path);
        Assert.Equal(expected, Forward(NormalizedLayers.Load(path, Device.Cpu)));
        using NormalizedLayers.Trainer untrained = Create();
        Assert.NotEqual(expected, Forward(untrained.CreateSession()));
    }

    [Fact]
    public void RandomNumbers_FollowFromSeedAndPass()
    {
        using NormalizedLayers.Trainer first = Create(), same = Create(), other = Create(seed: 8);
        float[] losses = [first.ComputeGradients(Inputs(6)), first.ComputeGradients(Inputs(6))];
        Assert.NotEqual(losses[0], losses[1]);
        Assert.Equal(2, first.PassCount);
        foreach (float loss in losses) Assert.Equal(loss, same.ComputeGradients(Inputs(6)));
        other.Weights.Set("last.gain", first.Parameter("last.gain"));
        Assert.NotEqual(losses[0], other.ComputeGradients(Inputs(6)));
    }

    [Fact]
    public void Session_DrawsByItsSeed_TheSameInEveryCall()
    {
        using NormalizedLayers.Trainer trainer = Create();
        using NormalizedLayers.Session session = trainer.CreateSession();
        float[] first = new float[24], again = new float[24], other = new float[24];
        session.Forward(Inputs(6), first);
        session.Forward(Inputs(6), again);
        session.Seed = 5;
        session.Forward(Inputs(6), other);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Step_HasTheSameBits_ForAnyNumberOfThreads(int threads)
    {
        using NormalizedLayers.Trainer trainer = Create(), other = Create(threads: threads);
        for (int i = 0; i < 4; i++) Assert.Equal(trainer.Step(Inputs(6)), other.Step(Inputs(6)));
        foreach (string name in trainer.Weights.Names) Assert.Equal(trainer.Parameter(name).ToArray(), other.Parameter(name).ToArray());
    }

    static float[] Forward(NormalizedLayers.Session session)
    {
        using (session)
        {
            var result = new float[24];
            session.Forward(Inputs(6), result);
            return result;
        }
    }

    static NormalizedLayers.Trainer Create(ulong seed = 7, int threads = 2) =>
        NormalizedLayers.CreateTrainer(Device.Cpu.WithThreads(threads), new AdamW(learningRate: 1e-3f), seed);

    static float[] Inputs(int rows) => [.. Draw.Reals(rows * 4, 3).Select(x => x + 0.5f)];
}
