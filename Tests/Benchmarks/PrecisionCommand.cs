using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using ModelCompiler.Benchmarks.Models;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Training;
using Samples.Austen;

namespace ModelCompiler.Benchmarks;

/// <summary>
/// <c>precision --steps 500 --threads 2</c>: trains the same GPT over characters in each precision, with the same batches and initial
/// parameters, and compares what the loss comes to.
/// </summary>
static class PrecisionCommand
{
    const float PeakRate = 2e-3f;
    const int Measured = 50;
    const double Bar = 0.01;

    public static Command Create()
    {
        Option<int> steps = new("--steps") { Description = "Steps of each.", DefaultValueFactory = _ => 500 };
        Option<int> threads = new("--threads") { Description = "Threads to compute with.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<string> only = new("--only") { Description = "One precision beside Float32.", DefaultValueFactory = _ => "" };
        var command = new Command("precision", "Trains one model in each precision and compares the losses.") { steps, threads, only };
        command.SetAction(parsed => Run(parsed.GetValue(steps), Device.Cpu.WithThreads(parsed.GetValue(threads)), parsed.GetValue(only)!));
        return command;
    }

    static int Run(int steps, Device device, string only)
    {
        var optimizer = new AdamW(PeakRate, beta2: 0.99f, weightDecay: 0.1f);
        (string Name, long Bytes, Func<(ModelTrainer, Func<int[], int[], float>)> Create)[] all =
        [
            ("Float32", GptFloat32.Cost.ActivationBytes, () => { var t = GptFloat32.CreateTrainer(device, optimizer, 1); return (t, (x, y) => t.Step(x, y, B: GptFloat32.Batch, T: GptFloat32.Context)); }),
            ("TensorFloat32", GptTensorFloat32.Cost.ActivationBytes, () => { var t = GptTensorFloat32.CreateTrainer(device, optimizer, 1); return (t, (x, y) => t.Step(x, y, B: GptFloat32.Batch, T: GptFloat32.Context)); }),
            ("BFloat16", GptBFloat16.Cost.ActivationBytes, () => { var t = GptBFloat16.CreateTrainer(device, optimizer, 1); return (t, (x, y) => t.Step(x, y, B: GptFloat32.Batch, T: GptFloat32.Context)); }),
            ("Float16", GptFloat16.Cost.ActivationBytes, () => { var t = GptFloat16.CreateTrainer(device, optimizer, 1); return (t, (x, y) => t.Step(x, y, B: GptFloat32.Batch, T: GptFloat32.Context)); }),
            ("Float8", GptFloat8.Cost.ActivationBytes, () => { var t = GptFloat8.CreateTrainer(device, optimizer, 1); return (t, (x, y) => t.Step(x, y, B: GptFloat32.Batch, T: GptFloat32.Context)); }),
        ];
        double reference = 0;
        bool isWithin = true;
        foreach (var (name, bytes, create) in all.Where(a => only.Length == 0 || a.Name == "Float32" || a.Name == only))
        {
            (ModelTrainer trainer, Func<int[], int[], float> step) = create();
            using (trainer)
            {
                trainer.MaxGradientNorm = 1;
                trainer.Schedule = new CosineSchedule(PeakRate, steps, 100, 0.05f);
                // So high that the first gradients overflow: a run must get over it.
                if (trainer.LossScale != 1) trainer.LossScale = MathF.ScaleB(1, 40);
                double milliseconds = Train(trainer, step, steps, out List<float> losses);
                double mean = losses.TakeLast(Measured).Average();
                if (name == "Float32") reference = mean;
                double difference = mean / reference - 1;
                isWithin &= Math.Abs(difference) <= Bar;
                string skipped = trainer.SkippedSteps == 0 ? ""
                    : string.Create(CultureInfo.InvariantCulture, $", {trainer.SkippedSteps} steps skipped, loss scale {trainer.LossScale:f0}");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-14} loss {mean:f4} ({difference:+0.00%;-0.00%;0.00%}), first {losses[0]:f4}, {milliseconds:f1} ms a step, {bytes / 1e6:f1} MB of activations{skipped}"));
            }
        }
        return isWithin ? 0 : 1;
    }

    static double Train(ModelTrainer trainer, Func<int[], int[], float> step, int steps, out List<float> losses)
    {
        Novels novels = Novels.Open(GptFloat32.Vocab, GptFloat32.Context);
        using var batches = new BatchReader(novels.Training, GptFloat32.Batch, 1, last: LastBatch.Dropped);
        losses = [];
        var clock = new Stopwatch();
        for (int attempts = 0; trainer.StepCount < steps && attempts < 2 * steps; attempts++)
        {
            Batch batch = batches.Next();
            (int[] ids, int[] labels) = (batch.Ids.ToArray(), batch.Labels.ToArray());
            // A skipped step is done again with its batch: losses are compared on the same texts.
            for (int done = trainer.StepCount; trainer.StepCount == done;)
            {
                clock.Start();
                float loss = step(ids, labels);
                clock.Stop();
                if (trainer.StepCount > done) losses.Add(loss);
            }
        }
        return clock.Elapsed.TotalMilliseconds / losses.Count;
    }
}
