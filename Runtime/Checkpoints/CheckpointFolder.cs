using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>A run's checkpoints: the last ones and the best ones are kept, the newest whole one is found again.
/// </summary>
/// <remarks>
/// <para>A checkpoint is written under another name, put on the disk, and renamed. A process that ends at any moment,
/// or a disk that is full, leaves the checkpoints before it as they were; what was half written is removed by the next
/// save. One process saves at a time; others may read.</para>
/// <para><b>Errors</b>: <see cref="IOException"/> where the disk refuses; nothing is lost then.</para>
/// </remarks>
/// <example><code>
/// var checkpoints = new CheckpointFolder("runs/gpt");
/// if (checkpoints.Newest is { } newest) position = trainer.Resume(newest.Path);
/// …
/// checkpoints.Save(trainer, position, score: validationLoss);
/// </code></example>
public sealed class CheckpointFolder
{
    const string Prefix = "step-", Temporary = ".tmp";

    readonly string folder;
    readonly int keepLast, keepBest;
    readonly bool lowerIsBetter;

    /// <summary>Names a folder; it is created with the first checkpoint.</summary>
    /// <param name="path">Of the folder.</param>
    /// <param name="keepLast">How many of the last checkpoints stay; at least 1.</param>
    /// <param name="keepBest">How many of the best stay besides; at least 0.</param>
    /// <param name="lowerIsBetter">Whether a lower score is better, as of a loss.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number outside its range.</exception>
    public CheckpointFolder(string path, int keepLast = 3, int keepBest = 1, bool lowerIsBetter = true)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(keepLast, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(keepBest);
        folder = System.IO.Path.GetFullPath(path);
        (this.keepLast, this.keepBest, this.lowerIsBetter) = (keepLast, keepBest, lowerIsBetter);
    }

    /// <summary>The folder.</summary>
    public string Path => folder;

    /// <summary>Whether a lower score is better.</summary>
    internal bool LowerIsBetter => lowerIsBetter;

    /// <summary>All checkpoints that have been saved to the end, oldest first; bytes are not compared with checksums.
    /// </summary>
    public IReadOnlyList<Checkpoint> All => [.. Found().Select(f => f.Checkpoint)];

    /// <summary>The last checkpoint whose checksums are right; null if there is none.</summary>
    public Checkpoint? Newest => Found().Reverse().FirstOrDefault(IsWhole).Checkpoint;

    /// <summary>The checkpoint of the best score whose checksums are right; null if none has a score.</summary>
    public Checkpoint? Best => Ranked().FirstOrDefault(IsWhole).Checkpoint;

    /// <summary>Saves a trainer's whole state, and removes checkpoints that are no longer kept.</summary>
    /// <param name="trainer">Between two steps.</param>
    /// <param name="position">Where in the data the run is: bytes of the caller's, given back when resuming.</param>
    /// <param name="score">What was measured, to find the best by; null if nothing was.</param>
    /// <param name="data">What the data is, such as a checksum: another one is refused when resuming.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="IOException">The disk refuses; the checkpoints before are as they were.</exception>
    /// <exception cref="ArithmeticException">On a device of CUDA: the last step's gradient was not finite.</exception>
    public Checkpoint Save(ModelTrainer trainer, ReadOnlySpan<byte> position = default, double? score = null,
        string? data = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        trainer.Synchronize();      // the last step may turn out to be none
        Directory.CreateDirectory(folder);
        RemoveHalfWritten();
        string name = Prefix + trainer.StepCount.ToString("D10", CultureInfo.InvariantCulture), final = name;
        for (int i = 2; Directory.Exists(System.IO.Path.Combine(folder, final)); i++)
            final = string.Create(CultureInfo.InvariantCulture, $"{name}-{i:D4}");
        string target = System.IO.Path.Combine(folder, final), temporary = target + Temporary;
        try
        {
            Directory.CreateDirectory(temporary);
            trainer.WriteCheckpoint(temporary, position, score, data);
            DirectorySync.Flush(temporary);
            Directory.Move(temporary, target);
            DirectorySync.Flush(folder);
        }
        catch (Exception failure)
        {
            TryRemove(temporary);
            if (failure is not (IOException or ArgumentOutOfRangeException)) throw;
            throw new IOException($"{target}: the checkpoint of step {trainer.StepCount} cannot be written " +
                $"({failure.Message}). Those before are as they were. Free some space, or save elsewhere.", failure);
        }
        Prune();
        return new Checkpoint(target, trainer.StepCount, score);
    }

    IEnumerable<(Checkpoint Checkpoint, CheckpointManifest Manifest)> Found()
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (string path in Directory.GetDirectories(folder, Prefix + "*").Order(StringComparer.Ordinal))
        {
            if (path.EndsWith(Temporary, StringComparison.Ordinal)) continue;
            CheckpointManifest manifest;
            try
            {
                manifest = CheckpointManifest.Read(path);
            }
            catch (Exception failure) when (failure is CheckpointException or IOException)
            {
                continue;   // not a checkpoint, or being removed
            }
            yield return (new Checkpoint(path, manifest.Step, manifest.Score), manifest);
        }
    }

    IEnumerable<(Checkpoint Checkpoint, CheckpointManifest Manifest)> Ranked()
    {
        var scored = Found().Where(f => f.Checkpoint.Score is { } score && !double.IsNaN(score));
        // Of equals the newer one.
        return lowerIsBetter ? scored.Reverse().OrderBy(f => f.Checkpoint.Score)
            : scored.Reverse().OrderByDescending(f => f.Checkpoint.Score);
    }

    static bool IsWhole((Checkpoint Checkpoint, CheckpointManifest Manifest) found)
    {
        try
        {
            found.Manifest.Verify(found.Checkpoint.Path);
            return true;
        }
        catch (Exception failure) when (failure is CheckpointException or IOException)
        {
            return false;
        }
    }

    void Prune()
    {
        Checkpoint[] all = [.. All];
        HashSet<string> kept = [.. all.TakeLast(keepLast).Select(c => c.Path),
            .. Ranked().Take(keepBest).Select(f => f.Checkpoint.Path)];
        foreach (Checkpoint old in all)
        {
            if (kept.Contains(old.Path)) continue;
            // Renamed first: a checkpoint that lacks half of its files must not look like one.
            string doomed = old.Path + Temporary;
            try
            {
                Directory.Move(old.Path, doomed);
            }
            catch (IOException)
            {
                continue;   // somebody reads it; the next save tries again
            }
            TryRemove(doomed);
        }
    }

    void RemoveHalfWritten()
    {
        foreach (string path in Directory.GetDirectories(folder, Prefix + "*" + Temporary)) TryRemove(path);
    }

    static void TryRemove(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Left for the next save.
        }
    }
}
