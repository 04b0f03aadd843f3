using System;
using System.Globalization;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.Training;
using Samples.Austen;
using Samples.Shared;

namespace Samples.CharLstm;

/// <summary>Trains CharLstm on six novels by Jane Austen and lets it write.</summary>
static class Program
{
    const int DefaultSteps = 2000, WarmUp = 50, CheckpointEvery = 500;
    const float PeakRate = 6e-3f, Floor = 0.02f, Beta2 = 0.99f, WeightDecay = 0.01f, MaxGradientNorm = 1;

    /// <summary>Windows of the quick validation on the way, and how often it happens.</summary>
    const int QuickWindows = 2 * CharLstm.Batch, QuickEvery = 500;

    static int Main(string[] args) =>
        TrainingCommand.Run(args, "Trains a long short-term memory on six novels by Jane Austen and lets it write.",
            DefaultSteps, Train);

    static void Train(TrainingOptions options)
    {
        Novels novels = Novels.Open(CharLstm.Vocab, CharLstm.Context);
        using var batches = new BatchReader(novels.Training, CharLstm.Batch, options.Seed, last: LastBatch.Dropped);
        using var outputs = new RunOutputs(options, "CharLstm");
        var optimizer = new AdamW(PeakRate, beta2: Beta2, weightDecay: WeightDecay);
        using var trainer = CharLstm.CreateTrainer(options.Device, optimizer, options.Seed);
        trainer.MaxGradientNorm = MaxGradientNorm;
        trainer.Schedule = new CosineSchedule(PeakRate, options.Steps, WarmUp, Floor);
        using CharLstm.Session session = trainer.CreateSession();
        var model = new CharacterModel(session.Logits, CharLstm.Batch, CharLstm.Context, CharLstm.Vocab);
        var heldOut = new HeldOut(novels, model);
        using KernelProfile? profile = options.Profile ? KernelProfile.Begin(trainer.Device) : null;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{CharLstm.Cost.Parameters:N0} parameters, {novels.TrainingLength:N0} characters to train on, " +
                $"{options.Device}, seed {options.Seed}"));

        var run = new TrainingRun(trainer, options.Steps)
        {
            ItemsPerStep = CharLstm.Batch * CharLstm.Context, Unit = "characters",
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
            return trainer.Step(batch.Ids, batch.Labels, B: batch.Rows, T: CharLstm.Context);
        });
        if (!result.Announce()) return;
        outputs.Add(profile, trainer);
        Report.Write(nameof(CharLstm), novels, model, outputs, trainer, session.PlannedBytes, options.Seed);
        outputs.Page?.Write();
    }
}
