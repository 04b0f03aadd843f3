using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using ModelCompiler.Tests.Models.Odd;
using ModelCompiler.Tests.Runtime.Training;
using static ModelCompiler.Tests.Runtime.Training.TrainedRun;

namespace ModelCompiler.Tests.Runtime.Checkpoints;

/// <summary>A run that goes on from a checkpoint has the bits of one that was not interrupted; what does not fit is refused with what differs.</summary>
public sealed class ResumeTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public static TheoryData<string> All => TrainedRun.All;

    [Theory]
    [MemberData(nameof(All))]
    public void AResumedRun_HasTheBitsOfOneThatWasNotInterrupted(string name)
    {
        using Trained.Trainer whole = Configured(name);
        var checkpoints = new CheckpointFolder(folder["run"]);
        using (Trained.Trainer first = Configured(name))
        {
            for (int i = 0; i < 7; i++) Do(first, i);
            Assert.Equal(1, first.AccumulatedCount);    // in the middle of an accumulation
            checkpoints.Save(first, BitConverter.GetBytes(7), data: "tokens 1");
        }
        for (int i = 0; i < 7; i++) Do(whole, i);
        using Trained.Trainer second = Configured(name, seed: 77, threads: 1);
        int at = BitConverter.ToInt32(second.Resume(checkpoints.Newest!.Path, data: "tokens 1"));
        Assert.Equal(7, at);
        Assert.Equal(whole.StepCount, second.StepCount);
        Assert.Equal(whole.Seed, second.Seed);
        Assert.Equal(Everything(whole), Everything(second));
        for (int i = at; i < 17; i++)
        {
            Do(whole, i);
            Do(second, i);
            Assert.Equal(whole.LearningRate, second.LearningRate);
        }
        Assert.Equal(Everything(whole), Everything(second));
        foreach (string tensor in whole.Weights.Names) Assert.True(whole.AveragedWeights[tensor].SequenceEqual(second.AveragedWeights[tensor]), tensor);
        Assert.NotEqual(Everything(whole), [.. whole.Weights.Names.SelectMany(t => whole.AveragedWeights[t].ToArray())]);
    }

    /// <summary>Two of three calls accumulate, the third one applies.</summary>
    static void Do(Trained.Trainer trainer, int i)
    {
        trainer.AccumulateGradients(Ids(i), Labels(i), weightOfBatch: 1 + i % 2);
        if (i % 3 == 2) trainer.ApplyGradients();
    }

    static Trained.Trainer Configured(string name, ulong seed = 3, int threads = 3)
    {
        Trained.Trainer trainer = Create(Of(name), threads, seed);
        trainer.MaxGradientNorm = 1;
        trainer.Schedule = new CosineSchedule(1e-2f, steps: 10, warmUp: 2);
        trainer.AverageWeights(0.8f);
        return trainer;
    }

    [Fact]
    public void Differences_AreNamedAndTheTrainerIsAsBefore()
    {
        var checkpoints = new CheckpointFolder(folder["run"]);
        using (Trained.Trainer first = Create(Plain("AdamW")))
        {
            first.Step(Ids(0), Labels(0));
            first.MaxGradientNorm = 2;
            checkpoints.Save(first, data: "a");
        }
        string path = checkpoints.Newest!.Path;
        Refused(Create(Plain("Lion")), "it holds the state of AdamW; this trainer updates with Lion");
        Refused(Create(new AdamW(1e-2f, epsilon: 1e-6f, weightDecay: 0.2f) { Groups = [new("*.bias", weightDecay: 0)] }),
            "group 1 was none and is *.bias with rate scale 1 and weight decay 0; maxGradientNorm was 2 and is none; weightDecay was 0.1 and is 0.2",
            "acceptOtherSettings: true");
        Trained.Trainer same = Create(Plain("AdamW"));
        same.MaxGradientNorm = 2;
        RefusedData(same, "b", ["the run was trained on other data: a, now b"]);
        using (SmallGpt.Trainer other = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam))
        {
            CheckpointException error = Assert.Throws<CheckpointException>(() => other.Resume(path));
            Assert.Contains("a checkpoint of Trained does not fit SmallGpt", error.Message, StringComparison.Ordinal);
        }
        using Trained.Trainer meant = Create(new AdamW(5e-3f));
        meant.Resume(path, acceptOtherSettings: true);
        Assert.Equal(1, meant.StepCount);

        void Refused(Trained.Trainer trainer, params string[] says) => RefusedData(trainer, null, says);

        void RefusedData(Trained.Trainer trainer, string? data, string[] says)
        {
            using (trainer)
            {
                float[] before = Everything(trainer);
                CheckpointException error = Assert.Throws<CheckpointException>(() => trainer.Resume(path, data));
                Assert.All(says, s => Assert.Contains(s, error.Message, StringComparison.Ordinal));
                Assert.Equal(before, Everything(trainer));
                Assert.Equal(0, trainer.StepCount);
            }
        }
    }

    [Fact]
    public void StatesAndRandomNumbers_GoOnToo()
    {
        float[] x = [.. Draw.Reals(24, 3).Select(v => v + 0.5f)];
        var checkpoints = new CheckpointFolder(folder["run"]);
        using NormalizedLayers.Trainer whole = Start(7), second = Start(8);
        using (NormalizedLayers.Trainer first = Start(7))
        {
            for (int i = 0; i < 4; i++) first.Step(x);
            first.ComputeGradients(x);      // a pass without a step
            checkpoints.Save(first);
        }
        for (int i = 0; i < 4; i++) whole.Step(x);
        whole.ComputeGradients(x);
        second.Resume(checkpoints.Newest!.Path);
        for (int i = 0; i < 4; i++) Assert.Equal(whole.Step(x), second.Step(x));
        Assert.Equal(Everything(whole), Everything(second));

        static NormalizedLayers.Trainer Start(ulong seed) => NormalizedLayers.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed);
    }

    [Fact]
    public void LastAndBest_AreKept()
    {
        var checkpoints = new CheckpointFolder(folder["run"], keepLast: 2, keepBest: 1);
        Assert.Null(checkpoints.Newest);
        Assert.Null(checkpoints.Best);
        using Trained.Trainer trainer = Create(Plain("Sgd"));
        foreach (double score in new[] { 3.0, 1.5, 2.0, 2.5, double.NaN })
        {
            trainer.Step(Ids(0), Labels(0));
            checkpoints.Save(trainer, score: score);
        }
        Assert.Equal([2, 4, 5], checkpoints.All.Select(c => c.Step));
        Assert.Equal((2, 1.5), (checkpoints.Best!.Step, checkpoints.Best.Score));
        Assert.Equal(5, checkpoints.Newest!.Step);
        checkpoints.Save(trainer);     // the same step once more
        Assert.Equal([2, 5, 5], checkpoints.All.Select(c => c.Step));
        Assert.EndsWith("-0002", checkpoints.Newest.Path, StringComparison.Ordinal);
        Assert.Equal(2, new CheckpointFolder(folder["run"], lowerIsBetter: true).Best!.Step);
        using Trained.Session session = Trained.Load(checkpoints.Newest.ParametersPath, Device.Cpu);
        Assert.True(session.Weights["head.weight"].SequenceEqual(trainer.Parameter("head.weight")));
    }

    [Theory]
    [InlineData("parameters.safetensors", "cut")]
    [InlineData("optimizer.safetensors", "flip")]
    [InlineData("position.bin", "delete")]
    [InlineData("manifest.json", "cut")]
    [InlineData("manifest.json", "delete")]
    public void ADamagedCheckpoint_IsPassedOver(string file, string damage)
    {
        var checkpoints = new CheckpointFolder(folder["run"]);
        using Trained.Trainer trainer = Create(Plain("AdamW"));
        trainer.Step(Ids(0), Labels(0));
        checkpoints.Save(trainer, position: [1, 2, 3]);
        trainer.Step(Ids(1), Labels(1));
        string path = Path.Combine(checkpoints.Save(trainer, position: [4, 5, 6]).Path, file);
        byte[] bytes = File.ReadAllBytes(path);
        if (damage == "cut") File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        else if (damage == "delete") File.Delete(path);
        else
        {
            bytes[^5] ^= 1;
            File.WriteAllBytes(path, bytes);
        }
        Assert.Equal(1, checkpoints.Newest!.Step);
        CheckpointException error = Assert.Throws<CheckpointException>(() => trainer.Resume(Path.GetDirectoryName(path)!));
        Assert.Contains("another checkpoint", error.Message.Replace("CheckpointFolder.Newest", "another checkpoint", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(2, trainer.StepCount);
        Assert.Equal([1, 2, 3], trainer.Resume(checkpoints.Newest.Path));
    }

    [Fact]
    public void AFullDisk_KeepsTheCheckpointsBefore()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limit on a file's size is set by a shell");
        string run = folder["run"];
        var checkpoints = new CheckpointFolder(run);
        using (Trained.Trainer trainer = Create(Plain("AdamW")))
        {
            trainer.Step(Ids(0), Labels(0));
            checkpoints.Save(trainer, position: [9]);
        }
        // No file may grow beyond 4 KiB: writing parameters fails with EFBIG, as it would with ENOSPC on a full disk.
        System.Diagnostics.ProcessStartInfo child = ChildProcess.With("--explicit", "only", "--filter-method", $"{typeof(ResumeTests).FullName}.{nameof(SaveWithoutRoom)}");
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("trap '' XFSZ; \"$@\"");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(child.FileName);
        foreach (string argument in child.ArgumentList) start.ArgumentList.Add(argument);
        start.Environment[Variable] = run;
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Assert.Equal(1, checkpoints.Newest!.Step);
        Assert.Single(Directory.GetDirectories(run));
        using Trained.Trainer again = Create(Plain("AdamW"));
        Assert.Equal([9], again.Resume(checkpoints.Newest.Path));
    }

    const string Variable = "MODELCOMPILER_SAVE_WITHOUT_ROOM";
    const int FileSizeLimit = 1;

    /// <summary>Only for the process that <see cref="AFullDisk_KeepsTheCheckpointsBefore"/> starts.</summary>
    [Fact(Explicit = true)]
    public void SaveWithoutRoom()
    {
        string? run = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(run is null, "this is part of another test");
        var checkpoints = new CheckpointFolder(run);
        using Trained.Trainer trainer = Create(Plain("AdamW"));
        trainer.Resume(checkpoints.Newest!.Path);
        trainer.Step(Ids(1), Labels(1));
        // Set here, not by the shell: the runtime itself maps larger files when it starts.
        Assert.Equal(0, SetLimit(FileSizeLimit, [4096, 4096]));
        IOException error = Assert.Throws<IOException>(() => checkpoints.Save(trainer));
        Assert.Contains("the checkpoint of step 2 cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Contains("Those before are as they were", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, checkpoints.Newest!.Step);
    }

    [DllImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    static extern int SetLimit(int resource, ulong[] limits);

    public void Dispose() => folder.Dispose();
}
