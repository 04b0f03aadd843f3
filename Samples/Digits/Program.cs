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

    const string Perceptron = "mlp", Convolutional = "conv";

    static int Main(string[] args) =>
        TrainingCommand.Run(args, "Trains a network to read handwritten digits of 8 by 8 points: one hidden layer, " +
            "or three convolutions.", DefaultSteps, Train, [Perceptron, Convolutional]);

    static void Train(TrainingOptions options)
    {
        (DigitSet training, DigitSet test) =
            DigitSet.Parse(Data, EmbeddedData.Open(typeof(Program).Assembly, Data, DataSha256)).HoldBack(TestInterval);
        using var batches = new BatchReader(training.ToDataset(), DigitClassifier.Batch, options.Seed);
        using var outputs = new RunOutputs(options, "Digits");
        using Network network = Create(options);
        ModelTrainer trainer = network.Trainer;
        trainer.MaxGradientNorm = MaxGradientNorm;
        trainer.Schedule = new CosineSchedule(PeakRate, options.Steps, WarmUp, Floor);
        using KernelProfile? profile = options.Profile ? KernelProfile.Begin(trainer.Device) : null;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{network.Parameters:N0} parameters, {training.Count:N0} images to train on, " +
                $"{options.Device}, seed {options.Seed}"));

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
            return network.Step(batch.Features, batch.Labels);
        });
        if (!result.Announce()) return;
        outputs.Add(profile, trainer);
        (double accuracy, double nats) = new Evaluation(test, network.Logits).Measure();
        double centroids = new NearestCentroid(training).Accuracy(test);
        double neighbours = NearestNeighbour.Accuracy(training, test);
        outputs.Log?.Final(nats, network.Parameters, trainer.PlannedBytes + network.Session.PlannedBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            accuracy on {test.Count} images that were not trained on:
              {network.Name,-18} {accuracy:P1}
              nearest neighbour  {neighbours:P1}
              nearest centroid   {centroids:P1}
            """));
        if (outputs.Page is not { } page) return;
        page.AddResult("accuracy", accuracy.ToString("P1", CultureInfo.InvariantCulture));
        page.AddResult("nearest neighbour", neighbours.ToString("P1", CultureInfo.InvariantCulture));
        page.AddResult("nearest centroid", centroids.ToString("P1", CultureInfo.InvariantCulture));
        page.Write();
    }

    static Network Create(TrainingOptions options)
    {
        Device device = options.Device;
        var optimizer = new AdamW(PeakRate, weightDecay: WeightDecay);
        if (options.Model == Convolutional)
        {
            DigitConvNet.Trainer convolutions = DigitConvNet.CreateTrainer(device, optimizer, options.Seed);
            DigitConvNet.Session evaluated = convolutions.CreateSession();
            return new(nameof(DigitConvNet), DigitConvNet.Cost.Parameters, convolutions, convolutions.Step, evaluated,
                evaluated.Logits);
        }
        DigitClassifier.Trainer trainer = DigitClassifier.CreateTrainer(device, optimizer, options.Seed);
        DigitClassifier.Session session = trainer.CreateSession();
        return new(nameof(DigitClassifier), DigitClassifier.Cost.Parameters, trainer, trainer.Step, session,
            session.Logits);
    }
}
