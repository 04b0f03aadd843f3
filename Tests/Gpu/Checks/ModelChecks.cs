using System;
using System.Collections.Generic;
using System.Globalization;
using ModelCompiler.Gpu.Models;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Training;
using ModelCompiler.Tests.Models;
using Samples.CharGpt;
using Samples.CharLstm;
using Samples.Digits;
using Samples.FashionMnist;
using Xunit;

namespace ModelCompiler.Gpu.Checks;

/// <summary>First losses of the samples' models on the device and on the processor, from the same parameters on the same drawn data.</summary>
static class ModelChecks
{
    public const string Area = "models";

    const string Sessions = "sessions while a trainer steps";
    const ulong Seed = 7;
    const int Steps = 20, FewSteps = 3;
    const float Rate = 1e-3f;

    /// <summary>
    /// Of the loss, in itself. Sums differ in their order, and AdamW steps by the sign of gradients next to nothing, so that the distance
    /// grows from step to step; in bf16 every stored value is off by up to 1/256.
    /// </summary>
    const double Float32Bound = 2e-3, BFloat16Bound = 3e-2;

    /// <summary>Of the first loss, which no update has touched.</summary>
    const double FirstFloat32Bound = 2e-5, FirstBFloat16Bound = 1e-2;

    /// <summary>A trainer, and its step on the data of a number.</summary>
    delegate (ModelTrainer Trainer, Func<int, float> Step) Create(Device device, bool isSmall);

    static readonly (string Name, bool IsLow, Create Create)[] models =
    [
        ("DigitClassifier", false, (device, _) =>
        {
            DigitClassifier.Trainer trainer = DigitClassifier.CreateTrainer(device, new AdamW(Rate), Seed);
            return (trainer, i => trainer.Step(Numbers(i, DigitClassifier.Batch * 64), Labels(i, DigitClassifier.Batch, 10)));
        }),
        ("DigitConvNet", false, (device, small) =>
        {
            DigitConvNet.Trainer trainer = DigitConvNet.CreateTrainer(device, new AdamW(Rate), Seed);
            int rows = small ? 4 : DigitClassifier.Batch;
            return (trainer, i => trainer.Step(Numbers(i, rows * 64), Labels(i, rows, 10)));
        }),
        ("LeNet", false, (device, small) =>
        {
            LeNet.Trainer trainer = LeNet.CreateTrainer(device, new AdamW(Rate), Seed);
            int rows = small ? 2 : Images.Batch;
            return (trainer, i => trainer.Step(Numbers(i, rows * 28 * 28), Labels(i, rows, Images.Classes)));
        }),
        ("AlexNet", false, (device, small) =>
        {
            AlexNet.Trainer trainer = AlexNet.CreateTrainer(device, new AdamW(Rate), Seed);
            int rows = small ? 2 : Images.Batch;
            return (trainer, i => trainer.Step(Numbers(i, rows * 28 * 28), Labels(i, rows, Images.Classes)));
        }),
        ("ResNet", false, (device, small) =>
        {
            ResNet.Trainer trainer = ResNet.CreateTrainer(device, new AdamW(Rate), Seed);
            int rows = small ? 2 : Images.Batch;
            return (trainer, i => trainer.Step(Numbers(i, rows * 28 * 28), Labels(i, rows, Images.Classes)));
        }),
        ("CharLstm", false, (device, small) =>
        {
            CharLstm.Trainer trainer = CharLstm.CreateTrainer(device, new AdamW(Rate), Seed);
            (int rows, int length) = small ? (2, 6) : (CharLstm.Batch, CharLstm.Context);
            return (trainer, i => trainer.Step(Labels(i, rows * length, 81), Labels(i + 1000, rows * length, 81), B: rows, T: length));
        }),
        ("CharGpt", false, (device, small) =>
        {
            CharGpt.Trainer trainer = CharGpt.CreateTrainer(device, new AdamW(Rate), Seed);
            (int rows, int length) = small ? (2, 16) : (CharGpt.Batch, CharGpt.Context);
            return (trainer, i => trainer.Step(Labels(i, rows * length, 81), Labels(i + 1000, rows * length, 81), B: rows, T: length));
        }),
        ("Gpt2Small, bf16", true, (device, small) =>
        {
            Gpt2Small.Trainer trainer = Gpt2Small.CreateTrainer(device, new AdamW(Rate), Seed);
            (int rows, int length) = small ? (2, 16) : (Gpt2Small.Batch, Gpt2Small.Context);
            return (trainer, i => trainer.Step(Labels(i, rows * length, Gpt2Small.Vocab), Labels(i + 1000, rows * length, Gpt2Small.Vocab), B: rows, T: length));
        }),
        ("GptOnCuda, Muon", false, (device, _) =>
        {
            GptOnCuda.Trainer trainer = GptOnCuda.CreateTrainer(device, new Muon(Rate), Seed);
            return (trainer, i => trainer.Step(Labels(i, 3 * 10, 17), Labels(i + 1000, 3 * 10, 17), B: 3, T: 10));
        }),
        ("GptOnCuda, Adafactor", false, (device, _) =>
        {
            GptOnCuda.Trainer trainer = GptOnCuda.CreateTrainer(device, new Adafactor(Rate), Seed);
            return (trainer, i => trainer.Step(Labels(i, 3 * 10, 17), Labels(i + 1000, 3 * 10, 17), B: 3, T: 10));
        }),
        ("Float16OnCuda", true, (device, _) =>
        {
            Float16OnCuda.Trainer trainer = Float16OnCuda.CreateTrainer(device, new AdamW(Rate), Seed);
            return (trainer, i => trainer.Step(Labels(i, 4 * 16, 32), Labels(i + 1000, 4 * 16, 32), B: 4, T: 16));
        }),
        ("Float8OnCuda", true, (device, _) =>
        {
            Float8OnCuda.Trainer trainer = Float8OnCuda.CreateTrainer(device, new AdamW(Rate), Seed);
            return (trainer, i => trainer.Step(Labels(i, 4 * 16, 32), Labels(i + 1000, 4 * 16, 32), B: 4, T: 16));
        }),
        ("GeluInBFloat16OnCuda", true, (device, _) =>
        {
            GeluInBFloat16OnCuda.Trainer trainer = GeluInBFloat16OnCuda.CreateTrainer(device, new Sgd(0.1f), Seed);
            return (trainer, i => trainer.Step(Labels(i, 4 * 16, 32), Labels(i + 1000, 4 * 16, 32), B: 4, T: 16));
        }),
        ("LongRowsInBFloat16OnCuda", true, (device, _) =>
        {
            LongRowsInBFloat16OnCuda.Trainer trainer = LongRowsInBFloat16OnCuda.CreateTrainer(device, new Sgd(0.5f), Seed);
            return (trainer, i => trainer.Step(Numbers(i, 3 * 8), Labels(i, 3, LongRowsOnCuda.Classes)));
        }),
    ];

    /// <param name="isAsked">Whether a check of that name is to be run.</param>
    /// <param name="isSmall">For the simulator: few steps on little data.</param>
    public static IEnumerable<CheckResult> Run(Func<string, bool> isAsked, bool isSmall)
    {
        foreach ((string name, bool isLow, Create create) in models)
            if (isAsked($"{Area}: {name}"))
                yield return KernelChecks.Measure(Area, name, () => Compare(create, isLow, isSmall));
        if (isAsked($"{Area}: {Sessions}"))
            yield return KernelChecks.Measure(Area, Sessions, CompareSessions);
    }

    /// <summary>Sessions on parameters that a trainer has just changed, one of a length that is new in every call: each records a graph
    /// while the trainer's step is under way in another stream.</summary>
    static void CompareSessions()
    {
        using CharGpt.Trainer cpu = CharGpt.CreateTrainer(Device.Cpu, new AdamW(Rate), Seed), cuda = CharGpt.CreateTrainer(Device.Cuda(), new AdamW(Rate), Seed);
        using CharGpt.Session expected = cpu.CreateSession(), actual = cuda.CreateSession();
        for (int i = 0; i < FewSteps; i++)
        {
            int[] ids = Labels(i, 2 * 16, 81), targets = Labels(i + 1000, 2 * 16, 81);
            cpu.Step(ids, targets, B: 2, T: 16);
            cuda.Step(ids, targets, B: 2, T: 16);
            int length = 14 + i;
            float loss = expected.Loss(ids.AsSpan(0, length), targets.AsSpan(0, length), B: 1, T: length);
            float onDevice = actual.Loss(ids.AsSpan(0, length), targets.AsSpan(0, length), B: 1, T: length);
            Assert.True(Math.Abs(loss - onDevice) <= Float32Bound * loss, string.Create(CultureInfo.InvariantCulture, $"{onDevice} and {loss} on the processor"));
        }
        cuda.Synchronize();
    }

    static string Compare(Create create, bool isLow, bool isSmall)
    {
        int steps = isSmall ? FewSteps : Steps;
        float[] expected = Losses(create, Device.Cpu, steps, isSmall), actual = Losses(create, Device.Cuda(), steps, isSmall);
        double most = 0;
        for (int i = 0; i < steps; i++)
        {
            double distance = Math.Abs((double)expected[i] - actual[i]) / Math.Abs(expected[i]);
            double bound = i == 0 ? isLow ? FirstBFloat16Bound : FirstFloat32Bound : isLow ? BFloat16Bound : Float32Bound;
            Assert.True(distance <= bound, string.Create(CultureInfo.InvariantCulture,
                $"loss {i + 1} is {actual[i]} and {expected[i]} on the processor: {distance:0.0e0} apart, more than {bound}"));
            most = Math.Max(most, distance);
        }
        return string.Create(CultureInfo.InvariantCulture, $"{steps} losses, {expected[0]:0.0000} to {actual[^1]:0.0000}, {most:0.0e0} apart at most");
    }

    /// <summary>A step on a device returns the loss of the one before.</summary>
    static float[] Losses(Create create, Device device, int steps, bool isSmall)
    {
        (ModelTrainer trainer, Func<int, float> step) = create(device, isSmall);
        using (trainer)
        {
            var losses = new float[steps];
            for (int i = 0; i < steps; i++)
            {
                float loss = step(i);
                if (!device.IsCuda) losses[i] = loss;
                else if (i > 0) losses[i - 1] = loss;
            }
            if (device.IsCuda) losses[^1] = trainer.Synchronize();
            return losses;
        }
    }

    static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = random.NextSingle();
        return values;
    }

    static int[] Labels(int seed, int count, int bound)
    {
        var random = new Random(seed);
        var labels = new int[count];
        for (int i = 0; i < count; i++) labels[i] = random.Next(bound);
        return labels;
    }
}
