using System;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Benchmarks;

/// <summary><c>convolutions --threads 1</c>: a table of the convolutions of <see cref="Models.ResNet18"/>, each beside the peak of its minute.</summary>
static unsafe class ConvolutionsCommand
{
    const int Repetitions = 7, MostThreads = 1024;

    static readonly (string Use, ConvolutionShape Shape)[] shapes =
    [
        ("stem 3→64", Of(3, 64, 32, 3, 1, 1)),
        ("stage 1", Of(64, 64, 32, 3, 1, 1)),
        ("to stage 2", Of(64, 128, 32, 3, 2, 1)),
        ("around 2", Of(64, 128, 32, 1, 2, 0)),
        ("stage 2", Of(128, 128, 16, 3, 1, 1)),
        ("to stage 3", Of(128, 256, 16, 3, 2, 1)),
        ("stage 3", Of(256, 256, 8, 3, 1, 1)),
        ("to stage 4", Of(256, 512, 8, 3, 2, 1)),
        ("stage 4", Of(512, 512, 4, 3, 1, 1)),
        ("1×1", Of(256, 256, 8, 1, 1, 0)),
        ("depthwise", Of(128, 128, 32, 3, 1, 1, 128)),
    ];

    public static Command Create()
    {
        Option<int> threads = new("--threads") { Description = "Threads to compute with.", DefaultValueFactory = _ => Environment.ProcessorCount };
        threads.Validators.Add(result =>
        {
            if (result.GetValue(threads) is < 1 or > MostThreads) result.AddError($"--threads must be a whole number from 1 to {MostThreads}.");
        });
        Option<int> batch = new("--batch") { Description = "Images.", DefaultValueFactory = _ => Models.ResNet18.Batch };
        batch.Validators.Add(result =>
        {
            if (result.GetValue(batch) is < 1 or > 4096) result.AddError("--batch must be a whole number from 1 to 4096.");
        });
        var command = new Command("convolutions", "Measures each convolution of ResNet-18 and its gradients, beside the machine's peak.") { threads, batch };
        command.SetAction(parsed => Run(Device.Cpu.WithThreads(parsed.GetValue(threads)), parsed.GetValue(batch)));
        return command;
    }

    static void Run(Device device, int batch)
    {
        Console.WriteLine("GFLOP/s (share of the FMA peak measured around each)");
        Console.WriteLine("| convolution | forward | input gradient | weight gradient |\n|---|---|---|---|");
        foreach ((string use, ConvolutionShape original) in shapes)
        {
            ConvolutionShape shape = original with { Batch = batch };
            long x = (long)batch * shape.Channels * shape.Height * shape.Width, y = (long)batch * shape.Outputs * shape.OutHeight * shape.OutWidth;
            long weight = (long)shape.Outputs * (shape.Channels / shape.Groups) * shape.KernelHeight * shape.KernelWidth;
            using var memory = new NativeArena((x + y + weight) * sizeof(float));
            float* first = (float*)memory.Data, second = first + x, third = second + y;
            var random = new Random(1);
            for (long i = 0; i < x + y + weight; i++) first[i] = random.NextSingle() - 0.5f;
            double flops = 2.0 * y * (shape.Channels / shape.Groups) * shape.KernelHeight * shape.KernelWidth;
            string forward = Rate(device, flops, () => Convolution.Forward(device.Pool, shape, first, third, second, default(NoEpilogue)));
            string input = Rate(device, flops, () => Convolution.InputGradient(device.Pool, shape, second, third, first));
            string gradient = Rate(device, flops, () => Convolution.WeightGradient(device.Pool, shape, first, second, third));
            Console.WriteLine($"| {use} | {forward} | {input} | {gradient} |");
        }
    }

    static string Rate(Device device, double flops, Action run)
    {
        // Of one thread its processor time, which does not count what others do meanwhile.
        Func<double>? clock = device.Threads == 1 ? () => Environment.CpuUsage.UserTime.TotalSeconds : null;
        Func<double> now = clock ?? (() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);
        run();
        double peak = FmaPeak.Gflops(device, clock), best = double.MaxValue;
        for (int i = 0; i < Repetitions; i++)
        {
            double start = now();
            run();
            best = Math.Min(best, now() - start);
        }
        double rate = flops / best * 1e-9;
        return string.Create(CultureInfo.InvariantCulture, $"{rate:F0} ({rate / Math.Max(peak, FmaPeak.Gflops(device, clock)):P0})");
    }

    static ConvolutionShape Of(int channels, int outputs, int size, int kernel, int stride, int padding, int groups = 1) => new()
    {
        Channels = channels, Height = size, Width = size, Outputs = outputs,
        OutHeight = (size + 2 * padding - kernel) / stride + 1, OutWidth = (size + 2 * padding - kernel) / stride + 1,
        KernelHeight = kernel, KernelWidth = kernel, StrideHeight = stride, StrideWidth = stride,
        PaddingHeight = padding, PaddingWidth = padding, DilationHeight = 1, DilationWidth = 1, Groups = groups,
    };
}
