using System;
using System.Globalization;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.Training;
using Samples.Austen;
using Samples.Shared;

namespace Samples.CharGpt;

/// <summary>Trains CharGpt on six novels by Jane Austen and lets it write.</summary>
static class Program
{
    const int DefaultSteps = 3000, WarmUp = 100, CheckpointEvery = 500;
    const float PeakRate = 2e-3f, Floor = 0.05f, Beta2 = 0.99f, WeightDecay = 0.1f, MaxGradientNorm = 1;

    /// <summary>Windows of the quick validation on the way, and how often it happens.</summary>
    const int QuickWindows = 4 * CharGpt.Batch, QuickEvery = 500;

    static int Main(string[] args) =>
        TrainingCommand.Run(args, "Trains a character GPT on six novels by Jane Austen and lets it write.",
            DefaultSteps, Train);

    static void Train(TrainingOptions options)
    {
        Novels novels = Novels.Open(CharGpt.Vocab, CharGpt.Context);
        using var batches = new BatchReader(novels.Training, CharGpt.Batch, options.Seed, last: LastBatch.Dropped);
        using var outputs = new RunOutputs(options, "CharGpt");
        var optimizer = new AdamW(PeakRate, beta2: Beta2, weightDecay: WeightDecay);
        using var trainer = CharGpt.CreateTrainer(options.Device, optimizer, options.Seed);
        trainer.MaxGradientNorm = MaxGradientNorm;
        trainer.Schedule = new CosineSchedule(PeakRate, options.Steps, WarmUp, Floor);
        using CharGpt.Session session = trainer.CreateSession();
        var model = new CharacterModel(session.Logits, CharGpt.Batch, CharGpt.Context, CharGpt.Vocab);
        var heldOut = new HeldOut(novels, model);
        using KernelProfile? profile = options.Profile ? KernelProfile.Begin(trainer.Device) : null;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{CharGpt.Cost.Parameters:N0} parameters, {novels.TrainingLength:N0} characters to train on, " +
                $"{options.Device}, seed {options.Seed}"));

        var run = new TrainingRun(trainer, options.Steps)
        {
            ItemsPerStep = CharGpt.Batch * CharGpt.Context, Unit = "characters",
            ValidateEvery = QuickEvery,
            Validate = metrics =>
                metrics.Add("loss", heldOut.NatsPerCharacter(Math.Min(QuickWindows, heldOut.Windows))),
            TimeLimit = options.TimeLimit, Reports = outputs.Reports,
            Checkpoints = outputs.Checkpoints, CheckpointEvery = CheckpointEvery, Batches = batches,
            Profile = profile, AtEnd = _ => trainer.SaveTo(options.Out),
        };
        if (options.Resume && run.Resume()) Console.WriteLine($"goes on after step {trainer.StepCount}");
        RunResult result = run.Train(() =>
        {
            Batch batch = batches.Next();
            return trainer.Step(batch.Ids, batch.Labels, B: batch.Rows, T: CharGpt.Context);
        });
        if (!result.Announce()) return;
        outputs.Add(profile, trainer);
        Report.Write(nameof(CharGpt), novels, model, outputs, trainer, session.PlannedBytes, options.Seed);
        outputs.Page?.Write();
    }
}
