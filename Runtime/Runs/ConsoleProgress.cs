using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Unicode;

namespace ModelCompiler.Runtime.Runs;

/// <summary>
/// Shows how training goes: one line that renews itself on a terminal, a plain line now and then elsewhere. It formats
/// into a buffer of its own and allocates nothing, so that it may run inside the measured loop.
/// </summary>
public sealed class ConsoleProgress : IRunReport, IDisposable
{
    const int BarWidth = 24;

    /// <summary>An average over about the last ten steps: single batches are too noisy to read.</summary>
    const double Smoothing = 0.1;

    static readonly TimeSpan Renewal = TimeSpan.FromMilliseconds(100), PlainInterval = TimeSpan.FromSeconds(5);

    static CultureInfo Invariant => CultureInfo.InvariantCulture;

    /// <summary>What is free of the line; a text that does not fit is left out, not the run.</summary>
    Span<byte> Rest => line.AsSpan(length);

    readonly Stream output;
    readonly bool terminal;
    readonly byte[] line = new byte[1024];
    long shown;
    int length, steps;
    bool open, isFirst = true;
    double smoothLoss, smoothRate;
    string unit = "items";

    /// <summary>Shows on the console.</summary>
    public ConsoleProgress() : this(Console.OpenStandardOutput(), !Console.IsOutputRedirected)
    {
    }

    /// <summary>Shows elsewhere.</summary>
    /// <param name="output">Receives UTF-8.</param>
    /// <param name="terminal">Whether it understands control sequences, so that a line can renew itself.</param>
    public ConsoleProgress(Stream output, bool terminal) => (this.output, this.terminal) = (output, terminal);

    /// <inheritdoc/>
    public void Start(RunDescription run)
    {
        (steps, unit) = (run.Steps, run.Unit);
        (isFirst, shown) = (true, 0);
    }

    /// <inheritdoc/>
    public void Step(in StepReport step)
    {
        smoothLoss = isFirst ? step.Loss : smoothLoss + Smoothing * (step.Loss - smoothLoss);
        smoothRate = isFirst ? step.Rate : smoothRate + Smoothing * (step.Rate - smoothRate);
        bool edge = isFirst || step.Step == steps || step.Metrics is not null;
        isFirst = false;
        if (step.Metrics is { } metrics) Validation(step.Step, metrics, step.IsBest);
        if (!edge && Stopwatch.GetElapsedTime(shown) < (terminal ? Renewal : PlainInterval)) return;
        shown = Stopwatch.GetTimestamp();
        Begin();
        if (terminal) Bar(step.Step);
        Utf8.TryWrite(Rest, Invariant,
            $"step {step.Step}/{steps}  loss {smoothLoss:F4}  {smoothRate:F0} {unit}/s  lr {step.LearningRate:E1}  ",
            out int written);
        length += written;
        if (step.SkippedSteps > 0)
        {
            Utf8.TryWrite(Rest, Invariant, $"loss scale {step.LossScale:F0} ({step.SkippedSteps} steps skipped)  ",
                out written);
            length += written;
        }
        Time(step.SecondsLeft);
        Append(" left"u8);
        End(stays: !terminal);
    }

    /// <inheritdoc/>
    public void Finish(RunResult result)
    {
        if (open) output.Write("\n"u8);
        open = false;
        if (result.Reason == StopReason.Finished) return;
        length = 0;
        string why = result.Reason switch
        {
            StopReason.Stopped => "stopped",
            StopReason.TimeOver => "time is over",
            StopReason.NoImprovement => "validation no longer improves",
            _ => "failed",
        };
        Utf8.TryWrite(Rest, Invariant, $"{why} after {result.Step} of {steps} steps", out int written);
        length += written;
        if (result.BestStep > 0)
        {
            Utf8.TryWrite(Rest, Invariant, $"; best after step {result.BestStep}: {result.Best:F4}", out written);
            length += written;
        }
        End(stays: true);
    }

    /// <summary>Leaves the line, so that what follows starts on one of its own.</summary>
    public void Dispose()
    {
        if (open) output.Write("\n"u8);
        open = false;
        output.Dispose();
    }

    void Validation(int step, Metrics metrics, bool isBest)
    {
        Begin();
        Utf8.TryWrite(Rest, Invariant, $"step {step}  validation", out int written);
        length += written;
        foreach ((string name, double value) in metrics.Values)
        {
            Utf8.TryWrite(Rest, Invariant, $"  {name} {value:F4}", out written);
            length += written;
        }
        if (isBest) Append("  best so far"u8);
        End(stays: true);
    }

    void Begin()
    {
        length = 0;
        if (terminal) Append("\r"u8);
    }

    void End(bool stays)
    {
        if (terminal) Append("\e[K"u8);
        if (stays) Append("\n"u8);
        open = !stays;
        output.Write(line.AsSpan(0, length));
        output.Flush();
    }

    void Bar(int step)
    {
        int full = (int)Math.Min(BarWidth, (long)BarWidth * step / Math.Max(1, steps));
        Append("["u8);
        line.AsSpan(length, full).Fill((byte)'#');
        line.AsSpan(length + full, BarWidth - full).Fill((byte)'.');
        length += BarWidth;
        Append("] "u8);
    }

    void Time(double seconds)
    {
        int written;
        if (seconds < 100) Utf8.TryWrite(Rest, Invariant, $"{seconds:F0} s", out written);
        else if (seconds < 6000) Utf8.TryWrite(Rest, Invariant, $"{seconds / 60:F0} min", out written);
        else Utf8.TryWrite(Rest, Invariant, $"{seconds / 3600:F1} h", out written);
        length += written;
    }

    void Append(ReadOnlySpan<byte> text)
    {
        if (text.Length > line.Length - length) return; // as above
        text.CopyTo(line.AsSpan(length));
        length += text.Length;
    }
}
