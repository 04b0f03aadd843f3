using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using ModelCompiler.Runtime.Runs;

namespace ModelCompiler.Runtime.Diagnostics;

/// <summary>The course of a training run as JSON lines: one for each step, and one at the end.</summary>
/// <remarks>
/// <para><b>Memory</b>: a line allocates nothing and goes to the file at once, so a run can be watched and a crash
/// loses nothing.</para>
/// <para><b>Numerics</b>: JSON has no infinities; a number that is not finite is the text "NaN", "Infinity" or
/// "-Infinity".</para>
/// </remarks>
/// <example><code>
/// using var log = new TrainingLog("run.jsonl");   // before the trainer: memory is measured against this moment
/// log.Step(trainer.StepCount, loss, milliseconds, tokensPerSecond, trainer.AllocatedBytes, trainer.GradientNorm,
/// trainer.LearningRate); log.Final(validationLoss, CharGpt.Cost.Parameters, trainer.PlannedBytes);
/// </code></example>
public sealed class TrainingLog : IRunReport, IDisposable
{
    const byte LineEnd = (byte)'\n';
    const string ValidationPrefix = "val_";

    readonly FileStream file;
    readonly ArrayBufferWriter<byte> line = new(512);
    readonly Utf8JsonWriter json;
    bool goesOn;

    /// <summary>Opens a log and notes how much memory the process has now.</summary>
    /// <param name="path">Of the file; others may read it meanwhile.</param>
    /// <param name="append">
    /// Whether lines go after those of a file already there, as in a run that goes on; otherwise it is replaced. A last
    /// line that a kill has cut is taken away, and so are lines of steps that the run will do again.
    /// </param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public TrainingLog(string path, bool append = false)
    {
        // No buffer of its own: each line is one write.
        file = new FileStream(path, append ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite,
            FileShare.Read, bufferSize: 0);
        goesOn = append;
        if (append) GoBehindTheLastWholeLine();
        json = new Utf8JsonWriter(line);
        BaselineBytes = ProcessMemory.ResidentBytes;
    }

    /// <summary>Physical memory of the process when the log was opened, in bytes.</summary>
    public long BaselineBytes { get; }

    /// <summary>Writes a step's line.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="loss">Before the update.</param>
    /// <param name="milliseconds">The step took.</param>
    /// <param name="tokensPerSecond">Tokens, or other examples, that went through it in a second.</param>
    /// <param name="allocatedBytes">On the managed heap since training began.</param>
    /// <param name="gradientNorm">Before clipping.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Step(
        int step, float loss, double milliseconds, double tokensPerSecond, long allocatedBytes, float gradientNorm,
            float learningRate)
    {
        BeginStep(step, loss, milliseconds, tokensPerSecond, allocatedBytes, gradientNorm, learningRate);
        EndLine();
    }

    /// <summary>Reads the steps of a log, as a run that goes on does to show what was before.</summary>
    /// <param name="path">Of the file; another process may be writing to it.</param>
    /// <returns>
    /// A report for each step's line, in order; where a run went on from an earlier step, the later lines only. A last
    /// line that a kill has cut is left out.
    /// </returns>
    /// <exception cref="InvalidDataException">Another line is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<StepReport> Read(string path)
    {
        var steps = new List<StepReport>();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        int number = 0;
        while (reader.ReadLine() is { } text)
        {
            number++;
            StepReport? step;
            try
            {
                step = Parse(text);
            }
            catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException
                or FormatException)
            {
                if (reader.Peek() < 0) break;
                throw new InvalidDataException(
                    $"{path}, line {number}: this is no line of a training log: {damage.Message} Remove it, or start " +
                    "a new log.", damage);
            }
            if (step is not { } report) continue;
            int known = steps.Count;
            while (known > 0 && steps[known - 1].Step >= report.Step) known--;
            steps.RemoveRange(known, steps.Count - known);
            steps.Add(report);
        }
        return steps;
    }

    static StepReport? Parse(string text)
    {
        using JsonDocument line = JsonDocument.Parse(text);
        JsonElement root = line.RootElement;
        if (!root.TryGetProperty("step", out JsonElement step)) return null;
        Metrics? metrics = null;
        foreach (JsonProperty property in root.EnumerateObject())
            if (property.Name.StartsWith(ValidationPrefix, StringComparison.Ordinal))
                (metrics ??= new()).Add(property.Name[ValidationPrefix.Length..], Figure(property.Value));
        return new(step.GetInt32(), (float)Figure(root.GetProperty("loss")),
            Figure(root.GetProperty("step_ms")) / 1000, Figure(root.GetProperty("tokens_per_second")),
            root.GetProperty("allocated_bytes").GetInt64(), (float)Figure(root.GetProperty("grad_norm")),
            (float)Figure(root.GetProperty("lr")), 0, metrics, false)
        {
            LossScale = root.TryGetProperty("loss_scale", out JsonElement scale) ? (float)Figure(scale) : 1,
            SkippedSteps = root.TryGetProperty("skipped_steps", out JsonElement skipped) ? skipped.GetInt32() : 0,
        };
    }

    static double Figure(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : value.GetString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            "NaN" => double.NaN,
            var other => throw new FormatException($"{other} is no number."),
        };

    /// <summary>A run that goes on from a checkpoint does some steps again: their lines are taken away.</summary>
    void IRunReport.Start(RunDescription run)
    {
        ArgumentNullException.ThrowIfNull(run);
        // Once, and of the file it found: another run of this process, or one from the beginning, takes nothing away.
        if (!goesOn || run.DoneSteps == 0) return;
        goesOn = false;
        long end = file.Length;
        var bytes = new byte[end];
        file.Position = 0;
        file.ReadExactly(bytes);
        for (int start = 0; start < end;)
        {
            int length = Array.IndexOf(bytes, LineEnd, start) + 1 - start;
            StepReport? step = Parse(Encoding.UTF8.GetString(bytes, start, length));
            // The last line of the run before, with its final figures, goes too.
            if (step is not { } done || done.Step > run.DoneSteps)
            {
                file.SetLength(start);
                break;
            }
            start += length;
        }
        file.Position = file.Length;
    }

    /// <summary>Writes a step's line; figures of a validation after it are in the same line, behind "val_".</summary>
    void IRunReport.Step(in StepReport step)
    {
        BeginStep(step.Step, step.Loss, step.Seconds * 1000, step.Rate, step.AllocatedBytes, step.GradientNorm,
            step.LearningRate);
        if (step.LossScale != 1)
        {
            Number("loss_scale"u8, step.LossScale);
            json.WriteNumber("skipped_steps"u8, step.SkippedSteps);
        }
        if (step.Metrics is { } metrics)
            foreach ((string name, double value) in metrics.Values)
                Number(Encoding.UTF8.GetBytes(ValidationPrefix + name), value);
        EndLine();
    }

    /// <inheritdoc/>
    void IRunReport.Finish(RunResult result)
    {
    }

    void BeginStep(int step, float loss, double milliseconds, double tokensPerSecond, long allocatedBytes,
        float gradientNorm, float learningRate)
    {
        json.WriteStartObject();
        json.WriteNumber("step"u8, step);
        Number("loss"u8, loss);
        Number("step_ms"u8, Math.Round(milliseconds, 3));
        Number("tokens_per_second"u8, Math.Round(tokensPerSecond, 1));
        json.WriteNumber("allocated_bytes"u8, allocatedBytes);
        Number("grad_norm"u8, gradientNorm);
        Number("lr"u8, learningRate);
    }

    /// <summary>Writes the last line, with the process's memory: peak, and when the log was opened.</summary>
    /// <param name="validationLoss">On examples training has not seen.</param>
    /// <param name="parameters">Trainable numbers.</param>
    /// <param name="plannedBytes">
    /// What the compiler planned for parameters, gradients, optimizer state and activations.
    /// </param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Final(double validationLoss, long parameters, long plannedBytes)
    {
        json.WriteStartObject();
        json.WriteBoolean("final"u8, true);
        Number("val_loss"u8, validationLoss);
        json.WriteNumber("parameters"u8, parameters);
        json.WriteNumber("planned_bytes"u8, plannedBytes);
        json.WriteNumber("peak_rss_bytes"u8, ProcessMemory.PeakBytes);
        json.WriteNumber("baseline_rss_bytes"u8, BaselineBytes);
        EndLine();
    }

    /// <summary>Closes the file; again is harmless.</summary>
    public void Dispose()
    {
        json.Dispose();
        file.Dispose();
    }

    void GoBehindTheLastWholeLine()
    {
        long end = file.Length;
        Span<byte> last = stackalloc byte[1];
        for (; end > 0; end--)
        {
            file.Position = end - 1;
            file.ReadExactly(last);
            if (last[0] == LineEnd) break;
        }
        file.SetLength(end);
        file.Position = end;
    }

    void EndLine()
    {
        json.WriteEndObject();
        json.Flush();
        line.Write("\n"u8);
        file.Write(line.WrittenSpan);
        line.ResetWrittenCount();
        json.Reset();
    }

    /// <summary>With the digits a float needs, not those of the double it would become.</summary>
    void Number(ReadOnlySpan<byte> name, float value)
    {
        if (float.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteString(name, NotFinite(value));
    }

    void Number(ReadOnlySpan<byte> name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteString(name, NotFinite(value));
    }

    static ReadOnlySpan<byte> NotFinite(double value) => double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8
        : "-Infinity"u8;
}
