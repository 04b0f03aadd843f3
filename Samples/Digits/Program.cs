using System;
using System.Globalization;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.Training;
using Samples.Shared;

namespace Samples.Digits;

/// <summary>Trains a small network to read handwritten digits.</summary>
static class Program
{
    const int DefaultSteps = 3000, WarmUp = 100, CheckpointEvery = 500;
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
        (DigitSet training, DigitSet test) =
            DigitSet.Parse(Data, EmbeddedData.Open(typeof(Program).Assembly, Data, DataSha256)).HoldBack(TestInterval);
        using var batches = new BatchReader(training.ToDataset(), DigitClassifier.Batch, options.Seed);
        using var outputs = new RunOutputs(options, "Digits");
        var optimizer = new AdamW(PeakRate, weightDecay: WeightDecay);
        using var trainer = DigitClassifier.CreateTrainer(Device.Cpu.WithThreads(options.Threads), optimizer,
            options.Seed);
        trainer.MaxGradientNorm = MaxGradientNorm;
        trainer.Schedule = new CosineSchedule(PeakRate, options.Steps, WarmUp, Floor);
        using DigitClassifier.Session session = trainer.CreateSession();
        using KernelProfile? profile = options.Profile ? KernelProfile.Begin(trainer.Device) : null;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{DigitClassifier.Cost.Parameters:N0} parameters, {training.Count:N0} images to train on, " +
                $"{options.Threads} threads, seed {options.Seed}"));

        var run = new TrainingRun(trainer, options.Steps)
        {
            ItemsPerStep = DigitClassifier.Batch, Unit = "images",
            TimeLimit = options.TimeLimit, Reports = outputs.Reports,
            Checkpoints = outputs.Checkpoints, CheckpointEvery = CheckpointEvery, Batches = batches,
            Profile = profile, AtEnd = _ => trainer.SaveTo(options.Out),
        };
        if (options.Resume && run.Resume()) Console.WriteLine($"goes on after step {trainer.StepCount}");
        RunResult result = run.Train(() =>
        {
            Batch batch = batches.Next();
            return trainer.Step(batch.Features, batch.Labels);
        });
        if (!result.Announce()) return;
        outputs.Add(profile, trainer);
        (double accuracy, double nats) = new Evaluation(test, session).Measure();
        double centroids = new NearestCentroid(training).Accuracy(test);
        outputs.Log?.Final(nats, DigitClassifier.Cost.Parameters, trainer.PlannedBytes + session.PlannedBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            accuracy on {test.Count} images that were not trained on:
              DigitClassifier    {accuracy:P1}
              nearest centroid   {centroids:P1}
            """));
        if (outputs.Page is not { } page) return;
        page.AddResult("accuracy", accuracy.ToString("P1", CultureInfo.InvariantCulture));
        page.AddResult("nearest centroid", centroids.ToString("P1", CultureInfo.InvariantCulture));
        page.Write();
    }
}
