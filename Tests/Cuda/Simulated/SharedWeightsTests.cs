using System;
using System.Linq;
using System.Threading;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Parameters on a device that several programs use: at the same time, and longer than the one that wrote them.</summary>
public sealed class SharedWeightsTests : SimulatedTests
{
    const int Batch = 3, Time = 10, Logits = Batch * Time * 17;
    static readonly int[] ids = Draw.Tokens(Batch * Time, 17), targets = Draw.Tokens(Batch * Time, 17, stream: 3);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Session_OutlivesTheTrainer_ThatHasAStepUnderWay(bool isAverage)
    {
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        foreach (GptOnCuda.Trainer trainer in (GptOnCuda.Trainer[])[cpu, cuda])
        {
            trainer.AverageWeights(0.5f);
            for (int i = 0; i < 2; i++) trainer.Step(ids, targets, Batch, Time);
        }
        using GptOnCuda.Session expected = isAverage ? cpu.CreateAveragedSession() : cpu.CreateSession();
        using GptOnCuda.Session session = isAverage ? cuda.CreateAveragedSession() : cuda.CreateSession();
        cuda.Dispose();
        float[] a = new float[Logits], b = new float[Logits];
        expected.Logits(ids, a, Batch, Time);
        session.Logits(ids, b, Batch, Time);
        Close([.. a.Select(x => (double)x)], b, 1e-4);
        foreach (string name in expected.Weights.Names.Where(n => !n.EndsWith("key.bias", StringComparison.Ordinal)))
            Close([.. expected.Weights[name].ToArray().Select(x => (double)x)], session.Weights[name], 2e-4);
    }

    [Fact]
    public void Trainer_MayBeDisposed_WhileAStepIsUnderWay()
    {
        using (GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5)) { }
        long allocations = Simulator.Live("allocations"), hosts = Simulator.Live("hostAllocations"), streams = Simulator.Live("streams"), events = Simulator.Live("events");
        var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        for (int i = 0; i < 2; i++) cuda.Step(ids, targets, Batch, Time);
        cuda.AccumulateGradients(ids, targets, Batch, Time);
        cuda.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cuda.Synchronize());
        Assert.Equal((allocations, hosts, streams, events),
            (Simulator.Live("allocations"), Simulator.Live("hostAllocations"), Simulator.Live("streams"), Simulator.Live("events")));
    }

    [Fact]
    public void FirstCalls_OfSeveralThreads_ReserveTheWeightsOnce()
    {
        const int Threads = 4;
        using var weights = new Weights(GptOnCuda.Layout);
        weights.Initialize(5);
        using var cpu = new GptOnCuda.Session(weights, Device.Cpu);
        float expected = cpu.Loss(ids, targets, Batch, Time);
        var sessions = new GptOnCuda.Session[Threads];
        for (int i = 0; i < Threads; i++) sessions[i] = new GptOnCuda.Session(weights, Device.Cuda(0));
        long allocations = Simulator.Live("allocations");
        InThreads(Threads, thread =>
        {
            for (int time = Time; time > Time - 3; time--)
            {
                float loss = sessions[thread].Loss(ids.AsSpan(0, Batch * time), targets.AsSpan(0, Batch * time), Batch, time);
                if (time == Time) Assert.InRange(loss, expected * 0.999f, expected * 1.001f);
                Assert.True(float.IsFinite(loss));
            }
        });
        Assert.Equal(allocations + 1, Simulator.Live("allocations"));
        foreach (GptOnCuda.Session session in sessions) session.Dispose();
    }

    [Fact]
    public void Sessions_CallAndRecord_WhileTheTrainerSteps()
    {
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-3f), seed: 5);
        using GptOnCuda.Session first = cuda.CreateSession(), second = cuda.CreateSession();
        InThreads(3, thread =>
        {
            for (int i = 0; i < 6; i++)
            {
                int time = 1 + (i + thread) % Time;
                ReadOnlySpan<int> x = ids.AsSpan(0, Batch * time), y = targets.AsSpan(0, Batch * time);
                if (thread == 0) cuda.Step(x, y, Batch, time);
                else Assert.True(float.IsFinite((thread == 1 ? first : second).Loss(x, y, Batch, time)));
            }
        });
        Assert.True(float.IsFinite(cuda.Synchronize()));
        Assert.Equal(6, cuda.StepCount);
    }

    /// <summary>All at once; what one of them throws fails the test.</summary>
    static void InThreads(int count, Action<int> body)
    {
        using var start = new Barrier(count);
        var failures = new Exception?[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            try { body(i); } catch (Exception failure) { failures[i] = failure; }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.All(failures, Assert.Null);
    }
}
