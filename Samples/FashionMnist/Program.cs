using System;
using System.Globalization;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.Training;
using Samples.Shared;

namespace Samples.FashionMnist;

/// <summary>Trains a network to tell ten kinds of clothing apart.</summary>
static class Program
{
    const int DefaultSteps = 7500, WarmUp = 200;
    const float PeakRate = 3e-3f, Floor = 0.01f, WeightDecay = 0.01f, MaxGradientNorm = 5;
    const string Residual = "resnet", Overlapping = "alexnet", Classic = "lenet";

    static int Main(string[] args) =>
        TrainingCommand.Run(args, "Trains a network on Fashion-MNIST; get-data.sh brings the images.", DefaultSteps,
            Train, [Residual, Overlapping, Classic], data: "Samples/FashionMnist/data");

    static void Train(TrainingOptions options)
    {
        IdxImages training = Images.Open(options.Data, "train"), test = Images.Open(options.Data, "t10k");
        using var batches = new BatchReader(training, Images.Batch, options.Seed, last: LastBatch.Dropped);
        using var outputs = new RunOutputs(options, "Fashion-MNIST");
        using Network network = Create(options);
        ModelTrainer trainer = network.Trainer;
        trainer.MaxGradientNorm = MaxGradientNorm;
        trainer.Schedule = new CosineSchedule(PeakRate, options.Steps, WarmUp, Floor);
        using KernelProfile? profile = options.Profile ? KernelProfile.Begin(trainer.Device) : null;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{network.Parameters:N0} parameters, {training.Length:N0} images to train on, {options.Device}, " +
                $"seed {options.Seed}"));

        var varied = new float[Images.Batch * Images.Pixels];
        var run = new TrainingRun(trainer, options.Steps)
        {
            ItemsPerStep = Images.Batch, Unit = "images",
            TimeLimit = options.TimeLimit, Checkpoints = outputs.Checkpoints, Reports = outputs.Reports,
            Profile = profile, AtEnd = _ => trainer.SaveTo(options.Out),
        };
        RunResult result = run.Train(() =>
        {
            Batch batch = batches.Next();
            Images.Vary(batch.Features, varied, options.Seed, trainer.StepCount);
            return network.Step(varied, batch.Labels);
        });
        if (!result.Announce()) return;
        outputs.Add(profile, trainer);
        (double accuracy, double nats) = new Evaluation(test, network.Logits).Measure();
        double centroids = NearestCentroid.Accuracy(training, test);
        outputs.Log?.Final(nats, network.Parameters, trainer.PlannedBytes + network.Session.PlannedBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            accuracy on the {test.Length:N0} images of the official test:
              {network.Name,-18} {accuracy:P1}
              nearest centroid   {centroids:P1}
            """));
        if (outputs.Page is not { } page) return;
        page.AddResult("accuracy", accuracy.ToString("P1", CultureInfo.InvariantCulture));
        page.AddResult("nearest centroid", centroids.ToString("P1", CultureInfo.InvariantCulture));
        page.Write();
    }

    static Network Create(TrainingOptions options)
    {
        Device device = options.Device;
        var optimizer = new AdamW(PeakRate, weightDecay: WeightDecay);
        if (options.Model == Classic)
        {
            LeNet.Trainer trainer = LeNet.CreateTrainer(device, optimizer, options.Seed);
            LeNet.Session session = trainer.CreateSession();
            return new(nameof(LeNet), LeNet.Cost.Parameters, trainer, trainer.Step, session, session.Logits);
        }
        if (options.Model == Overlapping)
        {
            AlexNet.Trainer trainer = AlexNet.CreateTrainer(device, optimizer, options.Seed);
            AlexNet.Session session = trainer.CreateSession();
            return new(nameof(AlexNet), AlexNet.Cost.Parameters, trainer, trainer.Step, session, session.Logits);
        }
        ResNet.Trainer residual = ResNet.CreateTrainer(device, optimizer, options.Seed);
        ResNet.Session evaluated = residual.CreateSession();
        return new(nameof(ResNet), ResNet.Cost.Parameters, residual, residual.Step, evaluated, evaluated.Logits);
    }
}
