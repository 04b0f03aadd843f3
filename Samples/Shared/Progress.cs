using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Unicode;

namespace Samples.Shared;

/// <summary>
/// Shows how training goes: one line that renews itself on a terminal, a plain line now and then elsewhere. It formats
/// into a buffer of its own and allocates nothing, so that it may run inside the measured loop.
/// </summary>
sealed class Progress : IDisposable
{
    const int BarWidth = 24;
    static readonly TimeSpan Renewal = TimeSpan.FromMilliseconds(100), PlainInterval = TimeSpan.FromSeconds(5);

    readonly Stream output = Console.OpenStandardOutput();
    readonly byte[] line = new byte[256];
    readonly bool terminal = !Console.IsOutputRedirected;
    readonly int steps;
    readonly string unit;
    readonly long start = Stopwatch.GetTimestamp();
    long shown;
    bool open;
    double smoothLoss, smoothRate;

    /// <summary>Starts the clock of the remaining time.</summary>
    /// <param name="steps">Steps of the whole run.</param>
    /// <param name="unit">What the rate counts, such as "characters".</param>
    public Progress(int steps, string unit)
    {
        this.steps = steps;
        this.unit = unit;
    }

    /// <summary>Reports a step; most calls only update the averages.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="loss">Of this step, in nats.</param>
    /// <param name="rate">Units a second in this step.</param>
    public void Step(int step, float loss, double rate)
    {
        // An average over about the last ten steps: single batches are too noisy to read.
        smoothLoss = step == 1 ? loss : smoothLoss + 0.1 * (loss - smoothLoss);
        smoothRate = step == 1 ? rate : smoothRate + 0.1 * (rate - smoothRate);
        bool edge = step == 1 || step == steps;
        if (!edge && Stopwatch.GetElapsedTime(shown) < (terminal ? Renewal : PlainInterval)) return;
        shown = Stopwatch.GetTimestamp();

        int length = 0;
        if (terminal) Append("\r"u8, ref length);
        if (terminal) Bar(step, ref length);
        double left = Stopwatch.GetElapsedTime(start).TotalSeconds / step * (steps - step);
        Utf8.TryWrite(line.AsSpan(length), CultureInfo.InvariantCulture,
            $"step {step}/{steps}  loss {smoothLoss:F4}  {smoothRate:F0} {unit}/s  {left:F0} s left", out int written);
        length += written;
        Append(terminal ? "\e[K"u8 : "\n"u8, ref length);
        open = terminal;
        output.Write(line.AsSpan(0, length));
        output.Flush();
    }

    /// <summary>Writes a line that stays, such as a figure measured on the way.</summary>
    /// <param name="text">Without a line end.</param>
    /// <param name="value">Shown behind the text with four decimals.</param>
    public void Note(ReadOnlySpan<byte> text, double value)
    {
        int length = 0;
        if (terminal) Append("\r"u8, ref length);
        Append(text, ref length);
        Utf8.TryWrite(line.AsSpan(length), CultureInfo.InvariantCulture, $" {value:F4}", out int written);
        length += written;
        Append(terminal ? "\e[K\n"u8 : "\n"u8, ref length);
        open = false;
        output.Write(line.AsSpan(0, length));
        output.Flush();
    }

    /// <summary>Leaves the line, so that what follows starts on one of its own.</summary>
    public void Dispose()
    {
        if (open) output.Write("\n"u8);
        output.Dispose();
    }

    void Bar(int step, ref int length)
    {
        int full = (int)((long)BarWidth * step / steps);
        Append("["u8, ref length);
        line.AsSpan(length, full).Fill((byte)'#');
        line.AsSpan(length + full, BarWidth - full).Fill((byte)'.');
        length += BarWidth;
        Append("] "u8, ref length);
    }

    void Append(ReadOnlySpan<byte> text, ref int length)
    {
        text.CopyTo(line.AsSpan(length));
        length += text.Length;
    }
}
