using System;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using ModelCompiler.Tests.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>A step allocates nothing on the managed heap: neither a trainer's first nor its thousandth, neither the caller nor a worker.</summary>
public sealed class AllocationTests
{
    const int Steps = 1_000;

    // What the runtime may allocate meanwhile for itself, on any thread: seen are up to 4 kB a thread.
    const int Runtimes = 20_000;

    // Made before any trainer, which counts from its own beginning.
    readonly int[] ids = GptData.Ids, targets = GptData.Targets;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void AThousandStepsOfTheGpt_AllocateNothing(int threads) => Assert.Equal(0, Allocations.Least(() =>
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(threads), GptData.Adam, seed: 5);
        trainer.MaxGradientNorm = 1;
        for (int i = 0; i < Steps; i++)
        {
            trainer.LearningRate = 1e-3f * i / Steps;
            trainer.Step(ids, targets, GptData.B, GptData.T);
        }
        long allocated = trainer.AllocatedBytes;
        Assert.Equal(Steps, trainer.StepCount);
        return allocated;
    }));

    [Fact]
    public void AThousandStepsWithSgd_AllocateNothing() => Assert.Equal(0, Allocations.Least(() =>
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), GptData.Sgd, seed: 5);
        for (int i = 0; i < Steps; i++) trainer.Step(ids, targets, GptData.B, GptData.T);
        return trainer.AllocatedBytes;
    }));

    [Fact]
    public void AThousandStepsThroughTime_AllocateNothing()
    {
        int[] words = Draw.Tokens(4 * 9, 11), next = Draw.Tokens(4 * 9, 11, stream: 3);
        Assert.Equal(0, Allocations.Least(() =>
        {
            using Recurrent.Trainer trainer = Recurrent.CreateTrainer(Device.Cpu.WithThreads(2), GptData.Adam, seed: 5);
            for (int i = 0; i < Steps; i++) trainer.Step(words, next, 4, 9);
            return trainer.AllocatedBytes;
        }));
    }

    [Fact]
    public void AThousandStepsOfAConvolutionalNet_AllocateNothing()
    {
        float[] images = Draw.Reals(4 * 64);
        int[] labels = Draw.Tokens(4, 3);
        Assert.Equal(0, Allocations.Least(() =>
        {
            using Convolutional.Trainer trainer = Convolutional.CreateTrainer(Device.Cpu.WithThreads(2), GptData.Adam, seed: 5);
            for (int i = 0; i < Steps; i++) trainer.Step(images, labels);
            return trainer.AllocatedBytes;
        }));
    }

    [Fact]
    public void AThousandCallsOfASession_AllocateNothing()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), GptData.Adam, seed: 5);
        using SmallGpt.Session session = trainer.CreateSession();
        var logits = new float[GptData.B * GptData.T * GptData.Vocabulary];
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = trainer.AllocatedBytes;
            for (int i = 0; i < Steps; i++) session.Logits(ids, logits, GptData.B, GptData.T);
            return trainer.AllocatedBytes - before;
        }));
    }

    [Fact]
    public void WhatEveryStepAllocates_IsFound() => Assert.InRange(Allocations.Least(() =>
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(1), GptData.Adam, seed: 5);
        for (int i = 0; i < 10; i++) GC.KeepAlive(new byte[100]);
        return trainer.AllocatedBytes;
    }), 1_000, 10_000);

    [Fact]
    public void WhatTheCallerAllocates_IsCounted()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(1), GptData.Adam, seed: 5);
        GC.KeepAlive(new byte[5_000]);
        Assert.InRange(trainer.AllocatedBytes, 5_000, 5_100 + Runtimes);
    }

    [Fact]
    public void WhatWorkersAllocateForOthers_IsNotCounted()
    {
        Device device = Device.Cpu.WithThreads(5);      // no other test has this pool, so all workers come
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(device, GptData.Adam, seed: 5);
        long here = WorkerPool.AllocatedForThisThread, there = 0;
        var other = new System.Threading.Thread(() => there = Allocate(device.Pool));
        other.Start();
        other.Join();
        Assert.InRange(there, 40_000, 40_400 + Runtimes);
        Assert.Equal(here, WorkerPool.AllocatedForThisThread);
        Assert.InRange(Allocate(device.Pool), 40_000, 40_400 + Runtimes);
        Assert.InRange(trainer.AllocatedBytes, 50_000, 55_000 + Runtimes);     // this thread's own share with it, and the thread's object
    }

    /// <summary>Bytes that all workers allocate for the calling thread.</summary>
    static unsafe long Allocate(WorkerPool pool)
    {
        long before = WorkerPool.AllocatedForThisThread;
        int inside = 0;
        pool.Run(new AllocateOnEveryThread(5, 10_000, &inside), 5);
        return WorkerPool.AllocatedForThisThread - before;
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
