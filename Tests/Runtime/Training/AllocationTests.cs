using System;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>A step allocates nothing on the managed heap: neither the first nor the thousandth, neither the caller nor a worker.</summary>
public sealed class AllocationTests
{
    const int Steps = 1_000;

    // Made before any trainer, which counts from its own beginning.
    readonly int[] ids = GptData.Ids, targets = GptData.Targets;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void AThousandStepsOfTheGpt_AllocateNothing(int threads)
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(threads), GptData.Adam, seed: 5);
        trainer.MaxGradientNorm = 1;
        for (int i = 0; i < Steps; i++)
        {
            trainer.LearningRate = 1e-3f * i / Steps;
            trainer.Step(ids, targets, GptData.B, GptData.T);
        }
        Assert.Equal(0, trainer.AllocatedBytes);
        Assert.Equal(Steps, trainer.StepCount);
    }

    [Fact]
    public void AThousandStepsWithSgd_AllocateNothing()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), GptData.Sgd, seed: 5);
        for (int i = 0; i < Steps; i++) trainer.Step(ids, targets, GptData.B, GptData.T);
        Assert.Equal(0, trainer.AllocatedBytes);
    }

    [Fact]
    public void AThousandStepsThroughTime_AllocateNothing()
    {
        int[] words = Draw.Tokens(4 * 9, 11), next = Draw.Tokens(4 * 9, 11, stream: 3);
        using Recurrent.Trainer trainer = Recurrent.CreateTrainer(Device.Cpu.WithThreads(2), GptData.Adam, seed: 5);
        for (int i = 0; i < Steps; i++) trainer.Step(words, next, 4, 9);
        Assert.Equal(0, trainer.AllocatedBytes);
    }

    [Fact]
    public void AThousandCallsOfASession_AllocateNothing()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), GptData.Adam, seed: 5);
        using SmallGpt.Session session = trainer.CreateSession();
        var logits = new float[GptData.B * GptData.T * GptData.Vocabulary];
        long before = trainer.AllocatedBytes;
        for (int i = 0; i < Steps; i++) session.Logits(ids, logits, GptData.B, GptData.T);
        Assert.Equal(before, trainer.AllocatedBytes);
    }

    [Fact]
    public void WhatTheCallerAllocates_IsCounted()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(1), GptData.Adam, seed: 5);
        GC.KeepAlive(new byte[5_000]);
        Assert.InRange(trainer.AllocatedBytes, 5_000, 5_100);
    }

    [Fact]
    public void AnotherThread_CannotReadTheCount()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(1), GptData.Adam, seed: 5);
        Exception? caught = null;
        var thread = new System.Threading.Thread(() => caught = Record.Exception(() => trainer.AllocatedBytes));
        thread.Start();
        thread.Join();
        InvalidOperationException error = Assert.IsType<InvalidOperationException>(caught);
        Assert.Contains($"this trainer was made on thread {Environment.CurrentManagedThreadId}", error.Message, StringComparison.Ordinal);
    }
}
