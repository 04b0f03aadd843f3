using System;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>Wrong arguments are refused before anything changes; each message has the name, what it must be and what it is.</summary>
public sealed class ArgumentTests : IDisposable
{
    readonly SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), Adam, seed: 3);
    readonly float[] before;

    public ArgumentTests() => before = trainer.Parameter("tokens.weight").ToArray();

    [Theory]
    [InlineData(5, 4, "B is 5; it must be from 1 to 4. Use less at once, or raise Max in [Dim(\"B\")]")]
    [InlineData(0, 4, "B is 0; it must be from 1 to 4.")]
    [InlineData(-1, 4, "B is -1; it must be from 1 to 4.")]
    [InlineData(2, 13, "T is 13; it must be from 1 to 12. Use less at once, or raise Max in [Dim(\"T\")]")]
    [InlineData(2, int.MaxValue, "T is 2147483647; it must be from 1 to 12.")]
    public void DimsOutOfBounds_AreRefused(int batch, int time, string message)
    {
        using SmallGpt.Session session = trainer.CreateSession();
        int[] ids = new int[Math.Clamp(batch, 0, 8) * Math.Clamp(time, 0, 16)];
        float[] logits = new float[ids.Length * Vocabulary];
        Refused<ArgumentOutOfRangeException>(message, () => trainer.Step(ids, ids, batch, time));
        Refused<ArgumentOutOfRangeException>(message, () => trainer.ComputeGradients(ids, ids, batch, time));
        Refused<ArgumentOutOfRangeException>(message, () => session.Loss(ids, ids, batch, time));
        Refused<ArgumentOutOfRangeException>(message, () => session.Logits(ids, logits, batch, time));
        Unchanged();
    }

    [Theory]
    [InlineData(6, "N is 6; it must be a multiple of 4.")]
    [InlineData(0, "N is 0; it must be from 4 to 12.")]
    [InlineData(16, "N is 16; it must be from 4 to 12.")]
    public void DimsThatAreNoMultiple_AreRefused(int length, string message)
    {
        using FourAtATime.Trainer model = FourAtATime.CreateTrainer(Device.Cpu, Adam);
        Refused<ArgumentOutOfRangeException>(message, () => model.Step(new float[3 * length]));
        Assert.True(float.IsFinite(model.Step(Draw.Reals(3 * 8))));
    }

    [Fact]
    public void ALengthThatIsNoWholeRow_IsRefused()
    {
        using Perceptron.Trainer model = Perceptron.CreateTrainer(Device.Cpu, Adam);
        Refused<ArgumentException>("x has 130 elements, which do not fill [B, 64] evenly: 128 would.", () => model.Step(new float[130], new int[2]));
        Refused<ArgumentException>("labels has 3 elements; [B] needs 2.", () => model.Step(new float[128], new int[3]));
        Refused<ArgumentOutOfRangeException>("B is 33; it must be from 1 to 32.", () => model.Step(new float[33 * 64], new int[33]));
    }

    [Theory]
    [InlineData(23, 24, "ids has 23 elements; [B, T] needs 24.")]
    [InlineData(25, 24, "ids has 25 elements; [B, T] needs 24.")]
    [InlineData(24, 0, "targets has 0 elements; [B, T] needs 24.")]
    [InlineData(24, 48, "targets has 48 elements; [B, T] needs 24.")]
    public void SpansOfAnotherLength_AreRefused(int ids, int targets, string message)
    {
        Refused<ArgumentException>(message, () => trainer.Step(new int[ids], new int[targets], 2, 12));
        Unchanged();
    }

    [Fact]
    public void ResultsOfAnotherLength_AreRefused()
    {
        using SmallGpt.Session session = trainer.CreateSession();
        var logits = new float[24 * Vocabulary + 1];
        Refused<ArgumentException>("logits has 409 elements; [B, T, 17] needs 408.", () => session.Logits(new int[24], logits, 2, 12));
        Assert.All(logits, x => Assert.Equal(0, x));
    }

    [Theory]
    [InlineData(0, 17)]
    [InlineData(23, 17)]
    [InlineData(7, -1)]
    [InlineData(16, int.MaxValue)]
    [InlineData(15, int.MinValue)]
    public void TokensOutsideTheTable_AreRefusedBeforeAnyRowIsRead(int index, int token)
    {
        int[] right = Ids[..24], wrong = Ids[..24];
        wrong[index] = token;
        using SmallGpt.Session session = trainer.CreateSession();
        string ids = $"ids[{index}] is {token}; it must be from 0 to 16.", targets = $"targets[{index}] is {token}; it must be from 0 to 16.";
        Refused<ArgumentOutOfRangeException>(ids, () => trainer.Step(wrong, right, 2, 12));
        Refused<ArgumentOutOfRangeException>(targets, () => trainer.Step(right, wrong, 2, 12));
        Refused<ArgumentOutOfRangeException>(ids, () => trainer.ComputeGradients(wrong, right, 2, 12));
        Refused<ArgumentOutOfRangeException>(ids, () => session.Logits(wrong, new float[24 * Vocabulary], 2, 12));
        Refused<ArgumentOutOfRangeException>(targets, () => session.Loss(right, wrong, 2, 12));
        Unchanged();
    }

    [Fact]
    public void TheGatherOfEveryModelWithTokens_IsGuarded()
    {
        using Recurrent.Trainer model = Recurrent.CreateTrainer(Device.Cpu, Adam);
        using Recurrent.Session session = model.CreateSession();
        int[] right = Draw.Tokens(9, 11), wrong = [.. right[..8], 11];
        Refused<ArgumentOutOfRangeException>("ids[8] is 11; it must be from 0 to 10.", () => model.Step(wrong, right, 1, 9));
        Refused<ArgumentOutOfRangeException>("ids[8] is 11; it must be from 0 to 10.", () => session.Logits(wrong, new float[99], 1, 9));
        using Perceptron.Trainer perceptron = Perceptron.CreateTrainer(Device.Cpu, Adam);
        Refused<ArgumentOutOfRangeException>("labels[1] is 10; it must be from 0 to 9.", () => perceptron.Step(new float[128], [0, 10]));
    }

    public void Dispose() => trainer.Dispose();

    void Unchanged()
    {
        Assert.Equal(0, trainer.StepCount);
        Assert.Equal(before, trainer.Parameter("tokens.weight").ToArray());
    }

    static void Refused<TError>(string message, Action call) where TError : ArgumentException =>
        Assert.StartsWith(message, Assert.Throws<TError>(call).Message, StringComparison.Ordinal);
}
