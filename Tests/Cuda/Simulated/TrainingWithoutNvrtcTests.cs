using System;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Embedding;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Run by <see cref="EmbeddedCubinsOnDeviceTests"/> in a process where NVRTC counts as missing.</summary>
[Collection(nameof(Simulator))]
public sealed class TrainingWithoutNvrtcTests
{
    /// <summary>Path of the pack.</summary>
    public const string PackVariable = "MODELCOMPILER_TESTS_PACK";

    /// <summary>The models whose kernels are in it.</summary>
    public static Type[] Embedded { get; } = [typeof(GptOnCuda), typeof(ImagesOnCuda), typeof(BFloat16OnCuda), typeof(Float8OnCuda)];

    const int Batch = 3, Time = 10;
    static readonly int[] ids = Draw.Tokens(Batch * Time, 17), targets = Draw.Tokens(Batch * Time, 17, stream: 3);

    static void Embed()
    {
        string pack = Environment.GetEnvironmentVariable(PackVariable)!;
        EmbeddedCubins.Clear();
        EmbeddedCubins.Add("Tests", () => File.OpenRead(pack));
    }

    [Fact(Explicit = true)]
    public void EveryOptimizer_TrainsAsOnTheProcessor()
    {
        Embed();
        Assert.Throws<CudaLibraryNotFoundException>(() => new CudaRuntimeCompiler());
        Func<Device, GptOnCuda.Trainer>[] optimizers =
        [
            d => GptOnCuda.CreateTrainer(d, new AdamW(1e-2f), seed: 5), d => GptOnCuda.CreateTrainer(d, new Sgd(1e-2f), seed: 5), d => GptOnCuda.CreateTrainer(d, new Lion(1e-3f), seed: 5),
            d => GptOnCuda.CreateTrainer(d, new Adafactor(), seed: 5), d => GptOnCuda.CreateTrainer(d, new Muon(1e-2f), seed: 5),
        ];
        foreach (Func<Device, GptOnCuda.Trainer> create in optimizers)
        {
            using GptOnCuda.Trainer cpu = create(Device.Cpu), cuda = create(Device.Cuda(0));
            (cpu.MaxGradientNorm, cuda.MaxGradientNorm) = (0.7f, 0.7f);
            cpu.AverageWeights(0.9f);
            cuda.AverageWeights(0.9f);
            for (int step = 0; step < 4; step++)
            {
                int batch = 1 + step % Batch, time = Time - step;
                ReadOnlySpan<int> read = ids.AsSpan(0, batch * time), expected = targets.AsSpan(0, batch * time);
                float loss = cpu.Step(read, expected, batch, time);
                cuda.Step(read, expected, batch, time);
                Assert.Equal(loss, cuda.Synchronize(), 1e-3f * loss);
            }
            cuda.AccumulateGradients(ids, targets, Batch, Time);
            cuda.ApplyGradients();
            using var session = cuda.CreateAveragedSession();
            Assert.True(float.IsFinite(session.Loss(ids, targets, Batch, Time)));
        }
        Assert.Equal(0, Simulator.Calls("nvrtcCompileProgram"));
    }

    [Fact(Explicit = true)]
    public void ImagesAndOtherPrecisions_TrainAsOnTheProcessor()
    {
        Embed();
        using var cpu = ImagesOnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        for (int batch = 6; batch > 3; batch--)
        {
            float[] x = [.. Enumerable.Range(0, batch * 64).Select(i => MathF.Sin(i * batch))];
            int[] labels = [.. Enumerable.Range(0, batch).Select(i => i % 5)];
            float loss = cpu.Step(x, labels);
            cuda.Step(x, labels);
            Assert.Equal(loss, cuda.Synchronize(), 1e-3f * loss);
        }
        using var half = BFloat16OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        using var eight = Float8OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(3e-3f), seed: 5);
        using var halfCpu = BFloat16OnCuda.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 5);
        using var eightCpu = Float8OnCuda.CreateTrainer(Device.Cpu, new AdamW(3e-3f), seed: 5);
        for (int time = 10; time > 7; time--)
        {
            ReadOnlySpan<int> read = ids.AsSpan(0, Batch * time), expected = targets.AsSpan(0, Batch * time);
            half.Step(read, expected, Batch, time);
            eight.Step(read, expected, Batch, time);
            float loss = halfCpu.Step(read, expected, Batch, time);
            Assert.Equal(loss, half.Synchronize(), 2e-2f * loss);
            loss = eightCpu.Step(read, expected, Batch, time);
            Assert.Equal(loss, eight.Synchronize(), 5e-2f * loss);
        }
        Assert.Equal(0, Simulator.Calls("nvrtcCompileProgram"));
    }

    [Fact(Explicit = true)]
    public void ModelThatIsNotEmbedded_SaysSo()
    {
        Embed();
        string message = Assert.Throws<CudaLibraryNotFoundException>(() => Float16OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5)).Message;
        Assert.Contains("Float16OnCuda.cu would have to be compiled for this device, of compute capability 9.0, ", message, StringComparison.Ordinal);
        Assert.Contains("for sm_90, and this text is not among them. ", message, StringComparison.Ordinal);
        Assert.Contains("NVRTC, CUDA's run-time compiler, is not looked for, since MODELCOMPILER_CUDA_NVRTC is off.", message, StringComparison.Ordinal);
    }
}
