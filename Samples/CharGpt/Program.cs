using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;
using Samples.Shared;

namespace Samples.CharGpt;

/// <summary>Trains CharGpt on six novels by Jane Austen and lets it write.</summary>
static class Program
{
    const int DefaultSteps = 3000, WarmUp = 100;
    const float PeakRate = 2e-3f, Floor = 0.05f, Beta2 = 0.99f, WeightDecay = 0.1f, MaxGradientNorm = 1;

    /// <summary>Windows of the quick validation on the way, and how often it happens.</summary>
    const int QuickWindows = 4 * CharGpt.Batch, QuickEvery = 500;

    const string Text = "austen.txt.gz",
        TextSha256 = "ae4140c6e5ab543cc81f68358120258f0935ac9e27a30f44a7a564b349307867";
    const string Prompt = "It was ";
    const int SampleLength = 600;
    const float Temperature = 0.8f;

    static int Main(string[] args) =>
        TrainingCommand.Run(args, "Trains a character GPT on six novels by Jane Austen and lets it write.",
            DefaultSteps, Train);

    static void Train(TrainingOptions options)
    {
        using var stop = new StopSignal();
        var corpus = new CharacterCorpus(Text, EmbeddedData.Open(typeof(Program).Assembly, Text, TextSha256),
            CharGpt.Vocab, CharGpt.Context);
        var ids = new int[CharGpt.Batch * CharGpt.Context];
        var targets = new int[ids.Length];
        var schedule = new Schedule(PeakRate, WarmUp, options.Steps, Floor);
        // here: data is in memory, the model not yet
        using TrainingLog? log = options.Log is null ? null : new TrainingLog(options.Log);

        var optimizer = new AdamW(PeakRate, beta2: Beta2, weightDecay: WeightDecay);
        using var trainer = CharGpt.CreateTrainer(Device.Cpu.WithThreads(options.Threads), optimizer, options.Seed);
        trainer.MaxGradientNorm = MaxGradientNorm;
        using CharGpt.Session session = trainer.CreateSession();
        var validation = new Validation(corpus, session);
        int quickWindows = Math.Min(QuickWindows, validation.Windows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{CharGpt.Cost.Parameters:N0} parameters, {corpus.TrainingLength:N0} characters to train on, " +
                $"{options.Threads} threads, seed {options.Seed}"));

        long firstStepEnd = 0, start = Stopwatch.GetTimestamp();
        using (var progress = new Progress(options.Steps, "characters"))
        {
            for (int step = 1; step <= options.Steps && !stop.Requested; step++)
            {
                long stepStart = Stopwatch.GetTimestamp();
                corpus.Draw(options.Seed, step, CharGpt.Context, ids, targets);
                trainer.LearningRate = schedule.At(step);
                long allocated = trainer.AllocatedBytes;
                float loss = trainer.Step(ids, targets, B: CharGpt.Batch, T: CharGpt.Context);
                allocated = trainer.AllocatedBytes - allocated;
                long stepEnd = Stopwatch.GetTimestamp();
                if (step == 1) firstStepEnd = stepEnd;

                double seconds = Stopwatch.GetElapsedTime(stepStart, stepEnd).TotalSeconds;
                double rate = ids.Length / seconds;
                log?.Step(step, loss, seconds * 1000, rate, allocated, trainer.GradientNorm, trainer.LearningRate);
                progress.Step(step, loss, rate);
                if (step % QuickEvery == 0 && step < options.Steps)
                    progress.Note("validation, nats per character:"u8, validation.NatsPerCharacter(quickWindows));
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

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"trained in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s; first step done " +
                $"{ProcessClock.At(firstStepEnd).TotalMilliseconds:F0} ms after the process started"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"reading the {corpus.ValidationLength:N0} characters of the last tenth ..."));
        double nats = validation.NatsPerCharacter(validation.Windows);
        log?.Final(nats, CharGpt.Cost.Parameters, trainer.PlannedBytes + session.PlannedBytes);
        Report(corpus, nats);
        Console.WriteLine();
        Console.WriteLine(new Sampler(corpus, session, Temperature, options.Seed).Continue(Prompt, SampleLength));
    }

    static void Report(CharacterCorpus corpus, double nats)
    {
        double counted = 0, compressed = 0;
        Parallel.Invoke(
            () => counted = new CountModel(corpus.Tokens[..corpus.TrainingLength], corpus.AlphabetSize)
                .NatsPerCharacter(corpus.Tokens, corpus.TrainingLength),
            () => compressed = Bzip2.NatsPerCharacter(corpus));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            nats per character on the last tenth, {corpus.ValidationLength:N0} characters that were not trained on:
              CharGpt                        {nats:F4}
              counts of {CountModel.Order} characters         {counted:F4}
              bzip2 -9                       {compressed:F4}
            """));
    }
}
