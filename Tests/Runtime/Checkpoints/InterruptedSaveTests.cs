using ModelCompiler.Tests.Harness;
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Checkpoints;

/// <summary>A save that fails or is cut off leaves the old file as it was.</summary>
public sealed class InterruptedSaveTests : IDisposable
{
    /// <summary>Where <see cref="SaveUntilKilled"/> saves to.</summary>
    const string Variable = "MODELCOMPILER_SAVE_TO";

    readonly TemporaryFolder folder = new();

    [Fact]
    public void ATargetThatCannotBeReplaced_IsLeftWithNothingBesideIt()
    {
        string path = folder["gpt.safetensors"];
        Directory.CreateDirectory(Path.Combine(path, "something"));
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 21);
        Exception? error = Record.Exception(() => trainer.Save(path));
        Assert.True(error is IOException or UnauthorizedAccessException, $"{error}");
        Assert.True(Directory.Exists(Path.Combine(path, "something")));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void AFolderThatCannotBeWritten_KeepsItsFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "permissions do not bind this user");
        string path = folder["gpt.safetensors"];
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 21);
        trainer.Save(path);
        byte[] before = File.ReadAllBytes(path);
        trainer.Step(Ids, Targets, B, T);
        string parent = Path.GetDirectoryName(path)!;
        UnixFileMode mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(parent);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(parent, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.Throws<UnauthorizedAccessException>(() => trainer.Save(path));
        }
        finally
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(parent, mode);
        }
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void AKilledProcess_LeavesAWholeFile()
    {
        string path = folder["gpt.safetensors"];
        int[] milliseconds = [0, 3, 11];
        foreach (int delay in milliseconds)
        {
            ProcessStartInfo start = ChildProcess.With("--explicit", "only", "--filter-method", $"{typeof(InterruptedSaveTests).FullName}.{nameof(SaveUntilKilled)}");
            start.Environment[Variable] = path;
            using Process process = Process.Start(start)!;
            // It writes one temporary file after another: the first one shows that it is under way.
            using var seen = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (folder.Files.Length < 2 && !process.HasExited && !seen.IsCancellationRequested) Thread.Sleep(1);
            Thread.Sleep(delay);
            process.Kill();
            process.WaitForExit();
            Assert.True(File.Exists(path), process.StandardOutput.ReadToEnd());
            using SmallGpt.Session session = SmallGpt.Load(path, Device.Cpu);
            float version = session.Weights["final.bias"][0];
            Assert.True(version >= 1);
            Assert.All(session.Weights.Names, name => Assert.DoesNotContain(session.Weights[name].ToArray(), x => x != version));
            File.Delete(path);
            foreach (string rest in folder.Files) File.Delete(rest);
        }
    }

    /// <summary>Only for the process that <see cref="AKilledProcess_LeavesAWholeFile"/> starts: all numbers of a version are equal.</summary>
    [Fact(Explicit = true)]
    public void SaveUntilKilled()
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(path is null, "this is part of another test");
        using var weights = new Weights(SmallGpt.Layout);
        var watch = Stopwatch.StartNew();
        for (int version = 1; watch.Elapsed < TimeSpan.FromSeconds(60); version++)
        {
            foreach (string name in weights.Names) weights.Set(name, [.. Enumerable.Repeat((float)version, weights[name].Length)]);
            weights.Save(path);
        }
        Assert.Fail("nobody has ended this process");
    }

    public void Dispose() => folder.Dispose();
}
