using System;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Trainers on a device of CUDA do what they do on the processor: losses, updates, checkpoints, failures.</summary>
public sealed class TrainingOnCudaTests : SimulatedTests
{
    const int Batch = 3, Time = 10;
    static readonly int[] ids = Draw.Tokens(Batch * Time, 17), targets = Draw.Tokens(Batch * Time, 17, stream: 3);

    [Theory, MemberData(nameof(InOrders))]
    public void Steps_HaveTheLossesOfTheProcessor_InAnyOrderOfThreads(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        (cpu.MaxGradientNorm, cuda.MaxGradientNorm) = (0.7f, 0.7f);
        for (int step = 0; step < 4; step++)
        {
            float expected = cpu.Step(ids, targets, Batch, Time);
            cuda.Step(ids, targets, Batch, Time);
            Near(expected, cuda.Synchronize());
            Near(cpu.GradientNorm, cuda.GradientNorm);
        }
        Same(cpu, cuda, 2e-4);
    }

    [Fact]
    public void Step_ReturnsTheLossOfTheStepBefore_AndItsMetrics()
    {
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        float before = cpu.Step(ids, targets, Batch, Time);
        float right = cpu.Metrics.Right;
        Assert.True(float.IsNaN(cuda.Step(ids, targets, Batch, Time)));
        Near(before, cuda.Step(ids, targets, Batch, Time));
        Assert.Equal(right, cuda.Metrics.Right, 5);
        Near(cpu.Step(ids, targets, Batch, Time), cuda.Synchronize());
    }

    [Fact]
    public void Step_IsOneGraph_WaitsForNothingButTheStepBefore_AndAllocatesNothing()
    {
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        for (int i = 0; i < 3; i++) cuda.Step(ids, targets, Batch, Time);
        cuda.Synchronize();
        Simulator.Reset();
        const int Steps = 20;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Steps; i++) cuda.Step(ids, targets, Batch, Time);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.Equal(Steps, Simulator.Calls("cuGraphLaunch"));
        string[] others = ["cuLaunchKernel", "cuLaunchKernelEx", "cuStreamSynchronize", "cuCtxSynchronize", "cuMemAlloc_v2", "cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuGraphInstantiateWithFlags"];
        Assert.All(others, call => Assert.Equal(0, Simulator.Calls(call)));
    }

    [Fact]
    public void Lengths_HaveAGraphEach_OfWhichSixteenAreKept()
    {
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new Sgd(1e-2f), seed: 5);
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new Sgd(1e-2f), seed: 5);
        long descriptions = 0;
        for (int i = 0; i < 48; i++)
        {
            int batch = 1 + i / 12 % 2, time = 1 + i % 12;
            float expected = cpu.Step(ids.AsSpan(0, batch * time), targets.AsSpan(0, batch * time), batch, time);
            cuda.Step(ids.AsSpan(0, batch * time), targets.AsSpan(0, batch * time), batch, time);
            Near(expected, cuda.Synchronize());
            if (i == 15) descriptions = Simulator.Live("cublasLtObjects");
        }
        Assert.Equal(16, Simulator.Live("graphExecs"));
        // What products of lengths are described by goes with their graph; lengths of 24 times 12 have the most.
        Assert.InRange(Simulator.Live("cublasLtObjects"), 1, 2 * descriptions);
    }

    [Fact]
    public void MicroBatches_ChangeStates_UnlessOneIsNotFinite()
    {
        float[] x = Draw.Reals(6 * 64);
        int[] labels = Draw.Tokens(6, 5);
        using var cpu = ImagesOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        string[] states = ["norm.runningMean", "norm.runningVariance"];
        float start = cpu.Parameter(states[1])[0];
        foreach (ImagesOnCuda.Trainer trainer in (ImagesOnCuda.Trainer[])[cpu, cuda])
        {
            trainer.AccumulateGradients(x.AsSpan(0, 4 * 64), labels.AsSpan(0, 4), 4);
            trainer.AccumulateGradients(x.AsSpan(4 * 64), labels.AsSpan(4), 2);
        }
        foreach (string state in states)
            Close([.. cpu.Parameter(state).ToArray().Select(v => (double)v)], cuda.Parameter(state), 1e-5);
        Assert.NotEqual(start, cuda.Parameter(states[1])[0]);
        cuda.ApplyGradients();
        float[][] before = [.. states.Select(s => cuda.Parameter(s).ToArray())];
        x[3] = float.NaN;
        cuda.AccumulateGradients(x.AsSpan(0, 4 * 64), labels.AsSpan(0, 4), 4);
        Assert.Throws<ArithmeticException>(() => cuda.ApplyGradients());
        foreach ((string state, float[] values) in states.Zip(before)) Assert.Equal(values, cuda.Parameter(state).ToArray());
        x[3] = 0;
        cuda.AccumulateGradients(x.AsSpan(0, 4 * 64), labels.AsSpan(0, 4), 4);
        cuda.ApplyGradients();      // what waited with the NaN is gone
        Assert.Equal(2, cuda.StepCount);
        Assert.NotEqual(before[0], cuda.Parameter(states[0]).ToArray());
    }

    public static TheoryData<string> Optimizers => ["Sgd", "Lion", "Adafactor", "Muon"];

    [Theory, MemberData(nameof(Optimizers))]
    public void Optimizer_ChangesParametersAsOnTheProcessor(string name)
    {
        GptOnCuda.Trainer Create(Device device) => name switch
        {
            "Sgd" => GptOnCuda.CreateTrainer(device, new Sgd(1e-2f, momentum: 0.9f), 5),
            "Lion" => GptOnCuda.CreateTrainer(device, new Lion(1e-3f), 5),
            "Adafactor" => GptOnCuda.CreateTrainer(device, new Adafactor(1e-2f), 5),
            _ => GptOnCuda.CreateTrainer(device, new Muon(1e-2f), 5),
        };
        using GptOnCuda.Trainer cpu = Create(Device.Cpu), cuda = Create(Device.Cuda(0));
        for (int i = 0; i < 3; i++)
        {
            cpu.Step(ids, targets, Batch, Time);
            cuda.Step(ids, targets, Batch, Time);
        }
        // Lion steps by signs, which turn where a momentum is nearly 0.
        Same(cpu, cuda, name == "Lion" ? 3e-2 : 2e-3);
    }

    [Fact]
    public void MicroBatches_AreAddedUp()
    {
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        foreach (GptOnCuda.Trainer trainer in (GptOnCuda.Trainer[])[cpu, cuda])
        {
            trainer.AverageWeights(0.5f);
            for (int i = 0; i < 2; i++)
            {
                trainer.AccumulateGradients(ids, targets, Batch, Time, 2);
                trainer.AccumulateGradients(ids.AsSpan(0, Time), targets.AsSpan(0, Time), 1, Time, 1);
                trainer.ApplyGradients();
            }
        }
        Same(cpu, cuda, 1e-4);
        foreach (string tensor in cpu.Weights.Names.Where(n => !n.EndsWith("key.bias", StringComparison.Ordinal)))
            Close([.. cpu.AveragedWeights[tensor].ToArray().Select(x => (double)x)], cuda.AveragedWeights[tensor], 1e-4);
    }

    [Fact]
    public void States_FollowTheSteps_AndStayWhereOneIsNotFinite()
    {
        float[] x = Draw.Reals(4 * 64);
        int[] labels = Draw.Tokens(4, 5);
        using var cpu = ImagesOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        for (int i = 0; i < 3; i++)
        {
            float expected = cpu.Step(x, labels);
            cuda.Step(x, labels);
            Near(expected, cuda.Synchronize());
        }
        foreach (string state in (string[])["norm.runningVariance"])
            Close([.. cpu.Parameter(state).ToArray().Select(v => (double)v)], cuda.Parameter(state), 1e-3);
        float[][] before = [.. cuda.Weights.Names.Select(n => cuda.Parameter(n).ToArray())];
        x[7] = float.NaN;
        cuda.Step(x, labels);
        ArithmeticException failure = Assert.Throws<ArithmeticException>(() => cuda.Synchronize());
        Assert.Contains("no parameter was changed", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, cuda.StepCount);
        foreach ((string name, float[] values) in cuda.Weights.Names.Zip(before)) Assert.Equal(values, cuda.Parameter(name).ToArray());
        x[7] = 0;
        cuda.Step(x, labels);
        Assert.True(float.IsFinite(cuda.Synchronize()));
        Assert.Equal(4, cuda.StepCount);
    }

    [Fact]
    public void Checkpoint_OfADevice_GoesOnOnTheProcessorAndBack()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointFolder(folder["checkpoints"]);
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        using var straight = GptOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        for (int i = 0; i < 2; i++) cuda.Step(ids, targets, Batch, Time);
        for (int i = 0; i < 5; i++) straight.Step(ids, targets, Batch, Time);
        Checkpoint saved = checkpoints.Save(cuda, [], null);
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 9);
        cpu.Resume(saved.Path);
        cpu.Step(ids, targets, Batch, Time);
        checkpoints.Save(cpu, [], null);
        using var again = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 9);
        again.Resume(checkpoints.Newest!.Path);
        Assert.Equal(3, again.StepCount);
        for (int i = 0; i < 2; i++) again.Step(ids, targets, Batch, Time);
        Same(straight, again, 2e-4);
        Assert.Equal(5, again.StepCount);
    }

    [Fact]
    public void Session_SeesWhatTheTrainerHasLearnt_OnAnyDevice()
    {
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        using GptOnCuda.Session expected = cpu.CreateSession(), session = cuda.CreateSession(), onHost = new(cuda.Weights, Device.Cpu);
        float[] a = new float[Batch * Time * 17], b = new float[a.Length], c = new float[a.Length];
        for (int i = 0; i < 3; i++)
        {
            cpu.Step(ids, targets, Batch, Time);
            cuda.Step(ids, targets, Batch, Time);
            expected.Logits(ids, a, Batch, Time);
            session.Logits(ids, b, Batch, Time);
            Assert.NotEmpty(cuda.Weights["final.gain"].ToArray());
            onHost.Logits(ids, c, Batch, Time);
            Close([.. a.Select(x => (double)x)], b, 1e-4);
            Close([.. a.Select(x => (double)x)], c, 1e-4);
            Near(expected.Loss(ids, targets, Batch, Time), session.Loss(ids, targets, Batch, Time));
        }
    }

    [Fact]
    public void BFloat16_IsTheProcessorsWithinItsRounding()
    {
        int[] x = Draw.Tokens(3 * 12, 32), y = Draw.Tokens(3 * 12, 32, stream: 3);
        using var cpu = BFloat16OnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var cuda = BFloat16OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        for (int i = 0; i < 4; i++)
        {
            float expected = cpu.Step(x, y, 3, 12);
            cuda.Step(x, y, 3, 12);
            Assert.InRange(cuda.Synchronize(), expected - 0.02f, expected + 0.02f);
        }
    }

    [Fact]
    public void Float16_SkipsWhatOverflows_AndHalvesTheScaleOnTheDevice()
    {
        int[] x = Draw.Tokens(3 * 12, 32), y = Draw.Tokens(3 * 12, 32, stream: 3);
        using var cuda = Float16OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        cuda.LossScale = 1 << 30;
        float[] before = cuda.Parameter("head.weight").ToArray();
        cuda.Step(x, y, 3, 12);
        cuda.Synchronize();
        Assert.Equal(1 << 29, cuda.LossScale);
        Assert.Equal((1, 0), (cuda.SkippedSteps, cuda.StepCount));
        Assert.Equal(before, cuda.Parameter("head.weight").ToArray());
    }

    [Fact]
    public void Float16_IsTheProcessorsWithinItsRounding_AndDoublesItsScale()
    {
        int[] x = Draw.Tokens(3 * 12, 32), y = Draw.Tokens(3 * 12, 32, stream: 3);
        using var cuda = Float16OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        cuda.LossScale = 1024;
        cuda.LossScaleInterval = 2;
        using var cpu = Float16OnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        cpu.LossScale = 1024;
        for (int i = 0; i < 5; i++)
        {
            float expected = cpu.Step(x, y, 3, 12);
            cuda.Step(x, y, 3, 12);
            Assert.InRange(cuda.Synchronize(), expected - 0.02f, expected + 0.02f);
        }
        Assert.Equal(4096, cuda.LossScale);
        Assert.Equal(5, cuda.StepCount);
    }

    [Theory]
    [InlineData(12)]    // products of 36 rows: by fp32
    [InlineData(16)]    // of 48: by cuBLASLt
    public void Float8_IsTheProcessorsWithinItsRounding(int time)
    {
        int[] x = Draw.Tokens(3 * time, 32), y = Draw.Tokens(3 * time, 32, stream: 3);
        using var cpu = Float8OnCuda.CreateTrainer(Device.Cpu, new AdamW(3e-3f), seed: 5);
        using var cuda = Float8OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(3e-3f), seed: 5);
        for (int i = 0; i < 4; i++)
        {
            float expected = cpu.Step(x, y, 3, time);
            cuda.Step(x, y, 3, time);
            Assert.InRange(cuda.Synchronize(), expected - 0.06f, expected + 0.06f);
        }
        Assert.Equal(0, cuda.SkippedSteps);
    }

    [Fact]
    public void Device_LostInTheMiddle_IsATypedError_AndTheCheckpointIsIntact()
    {
        ExpectsFindings = true;
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointFolder(folder["checkpoints"]);
        var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        for (int i = 0; i < 2; i++) cuda.Step(ids, targets, Batch, Time);
        checkpoints.Save(cuda, [1, 2, 3], null);
        Simulator.Configure("MCSIM_FAIL", "cuGraphLaunch:1:719");
        Assert.ThrowsAny<CudaException>(() =>
        {
            for (int i = 0; i < 3; i++) cuda.Step(ids, targets, Batch, Time);
            cuda.Synchronize();
        });
        cuda.Dispose();
        Simulator.Configure("MCSIM_FAIL", "");
        Simulator.Reset();
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 9);
        Assert.Equal([1, 2, 3], cpu.Resume(checkpoints.Newest!.Path));
        Assert.Equal(2, cpu.StepCount);
    }

    [Fact]
    public void Plan_ThatDoesNotFit_IsNamedWithWhatThereIs()
    {
        Simulator.Configure("MCSIM_FAIL", "cuMemAlloc_v2:1:2");
        CudaOutOfMemoryException failure = Assert.Throws<CudaOutOfMemoryException>(() => GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5));
        Assert.Contains("activations", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.RequestedBytes > 0 && failure.TotalBytes >= failure.FreeBytes);
    }

    [Fact]
    public void Model_ForTheProcessorAlone_SaysHowItComesToADevice()
    {
        NotSupportedException failure = Assert.Throws<NotSupportedException>(() => SmallGpt.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f)));
        Assert.Contains("[Targets(Target.Cpu | Target.Cuda)]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trainers_LeaveNothingOnTheDevice()
    {
        using (GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5)) { }
        long allocations = Simulator.Live("allocations"), streams = Simulator.Live("streams"), graphs = Simulator.Live("graphExecs");
        for (int i = 0; i < 2; i++)
        {
            using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
            using GptOnCuda.Session session = cuda.CreateSession();
            cuda.Step(ids, targets, Batch, Time);
            session.Loss(ids, targets, Batch, Time);
        }
        Assert.Equal((allocations, streams, graphs), (Simulator.Live("allocations"), Simulator.Live("streams"), Simulator.Live("graphExecs")));
    }

    static void Near(float expected, float actual) => Assert.InRange(actual, expected - 2e-4f * MathF.Abs(expected), expected + 2e-4f * MathF.Abs(expected));

    static void Same(ModelTrainer expected, ModelTrainer actual, double error)
    {
        // Gradients that are zero by symmetry are noise, which Adam divides by its own size.
        foreach (string name in expected.Weights.Names.Where(n => !n.EndsWith("key.bias", StringComparison.Ordinal) && n != "first.bias"))
            Close([.. expected.Parameter(name).ToArray().Select(x => (double)x)], actual.Parameter(name), error);
    }
}
