using System;
using System.Diagnostics;
using System.Globalization;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;
using Samples.Shared;

namespace Samples.Digits;

/// <summary>Trains a small network to read handwritten digits.</summary>
static class Program
{
    const int DefaultSteps = 3000, WarmUp = 100;
    const float PeakRate = 5e-3f, Floor = 0.02f, WeightDecay = 0.01f, MaxGradientNorm = 5;

    /// <summary>Every fifth image is for testing.</summary>
    const int TestInterval = 5;

    const string Data = "digits.csv.gz",
        DataSha256 = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8";

    static int Main(string[] args) =>
        TrainingCommand.Run(args,
            "Trains a network with one hidden layer to read handwritten digits of 8 by 8 points.", DefaultSteps, Train);

    static void Train(TrainingOptions options)
    {
        using var stop = new StopSignal();
        (DigitSet training, DigitSet test) =
            DigitSet.Parse(Data, EmbeddedData.Open(typeof(Program).Assembly, Data, DataSha256)).HoldBack(TestInterval);
        var x = new float[DigitClassifier.Batch * DigitClassifier.Pixels];
        var labels = new int[DigitClassifier.Batch];
        var schedule = new Schedule(PeakRate, WarmUp, options.Steps, Floor);
        // here: data is in memory, the model not yet
        using TrainingLog? log = options.Log is null ? null : new TrainingLog(options.Log);

        var optimizer = new AdamW(PeakRate, weightDecay: WeightDecay);
        using var trainer = DigitClassifier.CreateTrainer(Device.Cpu.WithThreads(options.Threads), optimizer,
            options.Seed);
        trainer.MaxGradientNorm = MaxGradientNorm;
        using DigitClassifier.Session session = trainer.CreateSession();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{DigitClassifier.Cost.Parameters:N0} parameters, {training.Count:N0} images to train on, " +
                $"{options.Threads} threads, seed {options.Seed}"));

        long start = Stopwatch.GetTimestamp();
        using (var progress = new Progress(options.Steps, "images"))
        {
            for (int step = 1; step <= options.Steps && !stop.Requested; step++)
            {
                long stepStart = Stopwatch.GetTimestamp();
                training.Draw(options.Seed, step, x, labels);
                trainer.LearningRate = schedule.At(step);
                long allocated = trainer.AllocatedBytes;
                float loss = trainer.Step(x, labels);
                allocated = trainer.AllocatedBytes - allocated;
                double seconds = Stopwatch.GetElapsedTime(stepStart).TotalSeconds;
                double rate = labels.Length / seconds;
                log?.Step(step, loss, seconds * 1000, rate, allocated, trainer.GradientNorm, trainer.LearningRate);
                progress.Step(step, loss, rate);
            }
        }
        if (options.Out is not null)
        {
            trainer.Save(options.Out);
            Console.WriteLine($"saved {options.Out}");
        }
        stop.Dispose(); // nothing is lost any more: from here on Ctrl-C ends the process at once
        if (stop.Requested)
        {
            Console.WriteLine($"stopped after {trainer.StepCount} of {options.Steps} steps");
            return;
        }

        TimeSpan trained = Stopwatch.GetElapsedTime(start);
        (double accuracy, double nats) = new Evaluation(test, session).Measure();
        log?.Final(nats, DigitClassifier.Cost.Parameters, trainer.PlannedBytes + session.PlannedBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            trained in {trained.TotalSeconds:F1} s
            accuracy on {test.Count} images that were not trained on:
              DigitClassifier    {accuracy:P1}
              nearest centroid   {new NearestCentroid(training).Accuracy(test):P1}
            """));
    }
}
