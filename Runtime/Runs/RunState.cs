using System;
using System.Globalization;
using System.Text;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Data;

namespace ModelCompiler.Runtime.Runs;

/// <summary>
/// What a run keeps in a checkpoint beside the trainer's state: how validation went, and the place in the data.
/// </summary>
/// <param name="Best">The monitored metric at its best.</param>
/// <param name="BestStep">After which step; 0 where nothing was validated.</param>
/// <param name="SinceBest">Validations since.</param>
/// <param name="Position">In the data; null where the run does not know of it.</param>
sealed record RunState(double Best, int BestStep, int SinceBest, DataPosition? Position)
{
    const string Mark = "run";

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"{Mark} {Best:R} {BestStep} {SinceBest} {(Position is { } position ? position.ToString() : "-")}"));

    /// <exception cref="CheckpointException">The bytes are something else: another program saved them.</exception>
    public static RunState Parse(string path, byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        try
        {
            string[] words = text.Split(' ');
            if (words is [Mark, var best, var bestStep, var since, var position])
                return new(double.Parse(best, CultureInfo.InvariantCulture),
                    int.Parse(bestStep, CultureInfo.InvariantCulture), int.Parse(since, CultureInfo.InvariantCulture),
                    position == "-" ? null : DataPosition.Parse(position));
        }
        catch (Exception damage) when (damage is FormatException or OverflowException)
        {
        }
        string shown = text.Length > 80 ? text[..80] + "…" : text;
        throw new CheckpointException(path,
            $"its position is \"{shown}\", which no TrainingRun has saved. Give it to " +
            "ModelTrainer.Resume of the program that did, or start a new folder.");
    }
}
