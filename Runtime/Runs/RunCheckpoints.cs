using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Runs;

/// <summary>A folder of checkpoints: the best one, and the last few.</summary>
/// <remarks>
/// <para><b>Errors</b>: a file is replaced as a whole; a crash while saving leaves the one before.</para>
/// </remarks>
/// <example><code>
/// // run/step-000500.safetensors, run/step-001000.safetensors …, run/best.safetensors
/// Checkpoints = new RunCheckpoints("run") { Every = 500, KeepLast = 3 }
/// </code></example>
public sealed class RunCheckpoints
{
    const string Prefix = "step-", Extension = ".safetensors";

    /// <summary>Names a folder, which is made where it is missing.</summary>
    /// <param name="folder">Its path.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public RunCheckpoints(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>Its full path.</summary>
    public string Folder { get; }

    /// <summary>Steps from one checkpoint to the next; 0 for none but the last.</summary>
    public int Every { get; init; }

    /// <summary>How many of the latest stay; at least 1.</summary>
    public int KeepLast
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 3;

    /// <summary>Whether the checkpoint with the best validation stays beside them, whenever it was made.</summary>
    public bool KeepsBest { get; init; } = true;

    /// <summary>How a checkpoint is written, to a path; null for the trainer's parameters.</summary>
    public Action<string>? Save { get; init; }

    /// <summary>Where the best one is.</summary>
    public string BestPath => Path.Combine(Folder, "best" + Extension);

    /// <summary>The latest that is complete; null where there is none.</summary>
    public string? LastPath => Numbered().LastOrDefault().Path;

    internal void SaveStep(ModelTrainer trainer, int step)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D6}{Extension}");
        Write(trainer, Path.Combine(Folder, name));
        (int Step, string Path)[] all = [.. Numbered()];
        foreach ((_, string path) in all.Take(Math.Max(0, all.Length - KeepLast))) File.Delete(path);
    }

    internal void SaveBest(ModelTrainer trainer)
    {
        if (KeepsBest) Write(trainer, BestPath);
    }

    void Write(ModelTrainer trainer, string path)
    {
        if (Save is { } save) save(path);
        else trainer.Save(path);
    }

    IEnumerable<(int Step, string Path)> Numbered() => Directory.GetFiles(Folder, Prefix + "*" + Extension)
        .Select(path => (int.TryParse(Path.GetFileNameWithoutExtension(path.AsSpan())[Prefix.Length..],
            NumberStyles.None, CultureInfo.InvariantCulture, out int step) ? step : -1, path))
        .Where(file => file.Item1 >= 0).OrderBy(file => file.Item1);
}
