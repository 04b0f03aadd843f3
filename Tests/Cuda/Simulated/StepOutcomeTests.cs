using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>What becomes of a step is known one step late: what counts, what is reported, what a failure leaves.</summary>
public sealed class StepOutcomeTests : SimulatedTests
{
    const int Batch = 3, Time = 10;
    const float Overflows = 1 << 30;

    static readonly int[] ids = Draw.Tokens(Batch * Time, 17), targets = Draw.Tokens(Batch * Time, 17, stream: 3);
    static readonly float[] images = Draw.Reals(4 * 64);
    static readonly int[] labels = Draw.Tokens(4, 5);

    [Fact]
    public void MicroBatchesAfterAnOverflow_CountNoFurtherSkip()
    {
        using Float16OnCuda.Trainer cuda = Float16();
        cuda.LossScale = Overflows;
        Step(cuda);
        for (int i = 0; i < 3; i++) cuda.AccumulateGradients(ids, targets, Batch, Time);
        cuda.Synchronize();
        Assert.Equal((1, 0, 3), (cuda.SkippedSteps, cuda.StepCount, cuda.AccumulatedCount));
        cuda.DiscardGradients();
        cuda.LossScale = 1;
        for (int i = 0; i < 2; i++) cuda.AccumulateGradients(ids, targets, Batch, Time);
        cuda.ApplyGradients();
        Assert.Equal((1, 1), (cuda.SkippedSteps, cuda.StepCount));
    }

    [Fact]
    public void MicroBatchAfterAStepThatIsNotFinite_IsNotTakenBackAsAStep()
    {
        using var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        cuda.Step(images, labels);
        cuda.Step(NotFinite(), labels);
        Assert.Throws<ArithmeticException>(() => cuda.AccumulateGradients(images, labels));
        Assert.Equal((1, 1), (cuda.StepCount, cuda.AccumulatedCount));
        cuda.ApplyGradients();
        Assert.Equal(2, cuda.StepCount);
    }

    [Fact]
    public void WhereNothingIsKnown_TheLossIsNaN()
    {
        using var folder = new TemporaryFolder();
        using var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        Assert.True(float.IsNaN(cuda.Synchronize()));
        cuda.Save(folder["w.safetensors"]);
        for (int i = 0; i < 2; i++) cuda.Step(images, labels);
        cuda.Load(folder["w.safetensors"]);
        Assert.True(float.IsNaN(cuda.Synchronize()));
        Assert.True(float.IsNaN(cuda.Step(images, labels)));
        Assert.Equal(1, cuda.StepCount);
        Assert.True(float.IsFinite(cuda.Synchronize()));
        cuda.Step(NotFinite(), labels);
        Assert.Throws<ArithmeticException>(() => cuda.Synchronize());
        Assert.True(float.IsNaN(cuda.Synchronize()));
        Assert.True(float.IsNaN(cuda.Step(images, labels)));
        Assert.True(float.IsFinite(cuda.Step(images, labels)));
    }

    [Fact]
    public void LossScale_IsSetBehindTheStepsUnderWay()
    {
        using Float16OnCuda.Trainer cuda = Float16();
        cuda.LossScale = Overflows;
        Step(cuda);
        cuda.LossScale = 1024;
        Assert.Equal((1, 0, 1024), (cuda.SkippedSteps, cuda.StepCount, cuda.LossScale));
        Step(cuda);
        cuda.LossScale = 512;
        float loss = Step(cuda);        // of the step before, which has been waited for
        Assert.True(float.IsFinite(loss) && loss > 0, $"{loss}");
        cuda.Synchronize();
        Assert.Equal((1, 2, 512), (cuda.SkippedSteps, cuda.StepCount, cuda.LossScale));
    }

    [Theory]
    [InlineData(0)]     // the first step
    [InlineData(2)]     // one in the middle, in front of a checkpoint
    [InlineData(4)]     // the last one
    public void Run_TellsOfTheStepsThatWereDone_AndOfNoOther(int raisedAfter)
    {
        using var folder = new TemporaryFolder();
        using Float16OnCuda.Trainer cuda = Float16();
        cuda.LossScale = 64;
        var told = new Told();
        int attempts = 0;
        bool isRaised = false;
        var checkpoints = new CheckpointFolder(folder["run"], keepLast: 9);
        RunResult result = new TrainingRun(cuda, 5) { Reports = [told], Checkpoints = checkpoints, CheckpointEvery = 3 }.Train(() =>
        {
            attempts++;
            if (!isRaised && cuda.StepCount == raisedAfter) (cuda.LossScale, isRaised) = (Overflows, true);
            return Step(cuda);
        });
        Assert.True(cuda.SkippedSteps > 0);
        Assert.Equal(5 + cuda.SkippedSteps, attempts);
        Assert.Equal((StopReason.Finished, 5, 5), (result.Reason, result.Step, cuda.StepCount));
        Assert.Equal([1, 2, 3, 4, 5], told.Steps.Select(s => s.Step));
        Assert.All(told.Steps, s => Assert.True(float.IsFinite(s.Loss) && float.IsFinite(s.GradientNorm) && s.Loss > 0, $"{s}"));
        Assert.Equal(5, told.Steps.Select(s => s.Loss).Distinct().Count());
        Assert.Equal([3, 5], checkpoints.All.Select(c => c.Step));
    }

    [Fact]
    public void Run_ThatIsStoppedAtAnOverflow_EndsWithTheStepsThatWereDone()
    {
        using var folder = new TemporaryFolder();
        using Float16OnCuda.Trainer cuda = Float16();
        cuda.LossScale = 64;
        var checkpoints = new CheckpointFolder(folder["run"]);
        TrainingRun? run = null;
        run = new TrainingRun(cuda, 50) { Checkpoints = checkpoints };
        RunResult result = run.Train(() =>
        {
            if (cuda.StepCount == 2)
            {
                cuda.LossScale = Overflows;
                run.Stop();
            }
            return Step(cuda);
        });
        Assert.Equal((StopReason.Stopped, 2, 2, 1), (result.Reason, result.Step, cuda.StepCount, cuda.SkippedSteps));
        Assert.Equal(2, checkpoints.Newest!.Step);
    }

    [Fact]
    public void Checkpoint_IsOfTheStepsThatWereDone()
    {
        using var folder = new TemporaryFolder();
        using Float16OnCuda.Trainer cuda = Float16();
        cuda.LossScale = Overflows;
        Step(cuda);
        Assert.Equal(0, new CheckpointFolder(folder["run"]).Save(cuda, [], null).Step);
    }

    /// <summary>Where a pass may fail that has new lengths: function, and which of its calls, as a part of all.</summary>
    public static TheoryData<string, double> Places => new()
    {
        { "cuLaunchKernel", 0 }, { "cuLaunchKernel", 0.2 }, { "cuLaunchKernel", 0.49 },     // the rehearsal; its end updates states
        { "cuLaunchKernel", 0.6 }, { "cuLaunchKernel", 0.98 },                              // the recording
        { "cuStreamBeginCapture_v2", 0 }, { "cuGraphInstantiateWithFlags", 0 }, { "cuGraphLaunch", 0 }, { "cuMemcpyHtoDAsync_v2", 0 },
    };

    [Theory, MemberData(nameof(Places))]
    public void PassThatFails_LeavesTheTrainerAsItWas_AndTheNextIsGood(string function, double place)
    {
        using var straight = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        using var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        Simulator.Reset();
        straight.Step(images, labels);
        float first = straight.Synchronize();
        long call = 1 + (long)(place * Simulator.Calls(function));
        Simulator.Configure("MCSIM_FAIL", $"{function}:{call}:1");
        CudaException failure = Assert.ThrowsAny<CudaException>(() => cuda.Step(images, labels));
        Assert.Equal(function, failure.Call);
        Simulator.Configure("MCSIM_FAIL", "");
        Assert.Equal((0, 0), (cuda.StepCount, cuda.PassCount));
        cuda.Step(images, labels);
        Assert.Equal(first, cuda.Synchronize());
        for (int i = 0; i < 2; i++) Assert.Equal(straight.Step(images, labels), cuda.Step(images, labels));
        Assert.Equal((3, 3), (cuda.StepCount, cuda.PassCount));
        foreach (string name in straight.Weights.Names) Assert.Equal(straight.Parameter(name).ToArray(), cuda.Parameter(name).ToArray());
        ExpectsFindings = true;
    }

    [Fact]
    public void DeviceThatIsLostInTheRehearsal_IsReportedAsWhatWasDoneThere()
    {
        ExpectsFindings = true;
        using var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        Simulator.Configure("MCSIM_FAIL", "cuLaunchKernel:5:719");
        CudaException failure = Assert.ThrowsAny<CudaException>(() => cuda.Step(images, labels));
        Assert.Equal("cuLaunchKernel", failure.Call);
        Simulator.Configure("MCSIM_FAIL", "");
        Simulator.Reset();
    }

    [Fact]
    public void Lengths_MayChange_WhileAStepIsUnderWay()
    {
        using var cpu = GptOnCuda.CreateTrainer(Device.Cpu, new Sgd(1e-2f), seed: 5);
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new Sgd(1e-2f), seed: 5);
        float before = float.NaN;
        for (int i = 0; i < 20; i++)
        {
            // Eighteen sets of lengths: a graph is dropped behind the step that uses it.
            (int batch, int time) = (1 + i % 2, 2 + i % 18 / 2);
            float loss = cuda.Step(ids.AsSpan(0, batch * time), targets.AsSpan(0, batch * time), batch, time);
            if (i > 0) Near(before, loss);
            before = cpu.Step(ids.AsSpan(0, batch * time), targets.AsSpan(0, batch * time), batch, time);
        }
        Near(before, cuda.Synchronize());
    }

    [Fact]
    public void Debugging_RecordsNothing_AndNamesTheKernelThatFails()
    {
        using var cpu = ImagesOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        CudaDebug.SynchronizesLaunches = true;
        Simulator.Reset();
        for (int i = 0; i < 2; i++)
        {
            float expected = cpu.Step(images, labels);
            cuda.Step(images, labels);
            Near(expected, cuda.Synchronize());
        }
        Assert.Equal((0, 0), (Simulator.Calls("cuStreamBeginCapture_v2"), Simulator.Calls("cuGraphLaunch")));
        ExpectsFindings = true;
        Simulator.Configure("MCSIM_FAIL", "cuStreamSynchronize:5:700");
        CudaIllegalAddressException failure = Assert.Throws<CudaIllegalAddressException>(() => cuda.Step(images, labels));
        Assert.False(string.IsNullOrEmpty(failure.Kernel));
        Assert.Equal(2, cuda.StepCount);
        Simulator.Configure("MCSIM_FAIL", "");
        cuda.Dispose();
        Simulator.Reset();
    }

    [Fact]
    public void Reduction_MayHaveMoreStretchesThanAGridHasInItsSecondDirection()
    {
        const int B = 64, T = 1025;
        using var weights = new Weights(SumsOnCuda.Layout);
        weights.Set("scale", [1, 2, 3]);
        using var session = new SumsOnCuda.Session(weights, Device.Cuda(0));
        float[] x = Draw.Reals(B * T * 6), sums = new float[B * T * 3];
        CudaDebug.SynchronizesLaunches = true;      // no rehearsal: once is enough
        session.Sums(x, sums, B: B, T: T);
        for (int i = 0; i < B * T; i++)
            for (int k = 0; k < 3; k++)
                Assert.Equal((k + 1) * x[6 * i + k] + (k + 1) * x[6 * i + 3 + k], sums[3 * i + k], 1e-5f);
    }

    static Float16OnCuda.Trainer Float16() => Float16OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);

    static float Step(Float16OnCuda.Trainer trainer) => trainer.Step(ids, targets, Batch, Time);

    static float[] NotFinite()
    {
        float[] x = [.. images];
        x[7] = float.NaN;
        return x;
    }

    static void Near(float expected, float actual) => Assert.InRange(actual, expected - 2e-4f * MathF.Abs(expected), expected + 2e-4f * MathF.Abs(expected));

    sealed class Told : IRunReport
    {
        public List<StepReport> Steps { get; } = [];

        public void Start(RunDescription run)
        {
        }

        public void Step(in StepReport step) => Steps.Add(step);

        public void Finish(RunResult result)
        {
        }
    }
}
