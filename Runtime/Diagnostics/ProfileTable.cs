using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Diagnostics;

/// <summary>
/// Kernels by time: calls and time a step, share, rates, and how near each is to the machine's bounds.
/// </summary>
/// <param name="Note">What was measured, in a sentence.</param>
/// <param name="Rows">
/// Name, calls a step, milliseconds a step, share, GFLOP/s, GB/s, part of its floor: texts, the longest time first,
/// then what is between kernels and the whole step. On a device of CUDA the milliseconds that were predicted for an
/// H200 stand behind them, and nothing is between kernels.
/// </param>
/// <param name="Accounted">The part of the steps' time that was spent in kernels, in [0, 1].</param>
public sealed partial record ProfileTable(string Note, IReadOnlyList<string[]> Rows, double Accounted)
{
    /// <summary>What a single place in an optimizer's state is read and written, beside weight and gradient.</summary>
    const int BytesOfAState = 2 * sizeof(float), BytesOfAnUpdate = 3 * sizeof(float);

    static readonly string[] columns = ["kernel", "calls", "ms", "share", "GFLOP/s", "GB/s", "of its floor"];

    /// <summary>What the cells of a row are.</summary>
    public IReadOnlyList<string> Head { get; init; } = columns;

    internal static ProfileTable Of(KernelProfile profile, ModelTrainer trainer)
    {
        if (trainer.Device.IsCuda) return OfDevice(profile, trainer);
        // A kernel that several places share costs the same in each.
        Dictionary<string, PlannedKernel> planned = (trainer.Plan?.Kernels ?? []).GroupBy(k => k.Name)
            .ToDictionary(g => g.Key, g => g.First());
        int steps = Math.Max(1, profile.Steps);
        var groups = new Dictionary<string, Sum>(StringComparer.Ordinal);
        foreach ((KernelProfile.Key key, KernelProfile.Entry entry) in profile.Entries)
        {
            string name = NameOf(key);
            (double flops, double bytes) = (entry.Flops, entry.Bytes);
            if (key.Name is null) (flops, bytes) = Cost(name, entry.Calls, steps, planned, trainer);
            if (!groups.TryGetValue(name, out Sum? sum)) groups.Add(name, sum = new());
            sum.Calls += entry.Calls;
            sum.Seconds += entry.Seconds;
            sum.Flops += flops;
            sum.Bytes += bytes;
        }
        double inKernels = groups.Values.Sum(g => g.Seconds), whole = Math.Max(profile.Seconds, double.Epsilon);
        List<string[]> rows = [.. groups.OrderByDescending(g => g.Value.Seconds)
            .ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => Row(g.Key, g.Value, profile.Speed, steps, whole))];
        rows.Add(Row("(between kernels)", new Sum { Seconds = Math.Max(0, whole - inKernels) }, profile.Speed, steps,
            whole));
        Sum all = new()
        {
            Seconds = whole, Calls = groups.Values.Sum(g => g.Calls), Flops = groups.Values.Sum(g => g.Flops),
            Bytes = groups.Values.Sum(g => g.Bytes),
        };
        rows.Add(Row("step", all, profile.Speed, steps, whole));
        string note = string.Create(CultureInfo.InvariantCulture, $"""
            {profile.Steps} steps of {whole / steps * 1e3:F3} ms on {trainer.Device.Threads} threads, {inKernels / whole
            * 100:F1} % of it in kernels. The machine: {profile.Speed.Gflops:F0} GFLOP/s, {
            profile.Speed.GigabytesPerSecond:F1} GB/s. Costs are those at the largest dims; above 100 % of its floor, a
            kernel's operands came out of a cache, or a convolution did with fewer products than are counted.
            """).ReplaceLineEndings(" ");
        return new(note, rows, inKernels / whole);
    }

    /// <summary>Writes it as text.</summary>
    /// <param name="output">Receives lines.</param>
    public void Write(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(Note);
        int[] widths = [.. Head.Select((head, i) => Math.Max(head.Length, Rows.Max(row => row[i].Length)))];
        foreach (string[] row in Rows.Prepend([.. Head]))
            output.WriteLine(string.Join("  ",
                row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }

    static (double, double) Cost(string name, long calls, int steps, Dictionary<string, PlannedKernel> planned,
        ModelTrainer trainer)
    {
        long elements = trainer.Weights.Layout.TrainableLength;
        if (planned.TryGetValue(name, out PlannedKernel? kernel)) return (calls * kernel.Flops, calls * kernel.Bytes);
        // Not of the plan: what every trainer does to whole arenas, once a step.
        if (name == nameof(SquaredNormWork)) return (2.0 * steps * elements, (double)steps * elements * sizeof(float));
        if (name.EndsWith("Update", StringComparison.Ordinal))
            return (0, (double)steps * (elements * BytesOfAnUpdate + trainer.OptimizerLength * BytesOfAState));
        return (0, 0);
    }

    static string[] Row(string name, Sum sum, MachineSpeed speed, int steps, double whole)
    {
        double floor = speed.Floor(sum.Flops, sum.Bytes);
        return
        [
            name, Number(sum.Calls / (double)steps, "0.#"), Number(sum.Seconds / steps * 1e3, "0.000"),
            Number(sum.Seconds / whole * 100, "0.0") + " %", Rate(sum.Flops, sum.Seconds), Rate(sum.Bytes, sum.Seconds),
            floor > 0 && sum.Seconds > 0 ? Number(floor / sum.Seconds * 100, "0") + " %" : "–",
        ];
    }

    static string Rate(double amount, double seconds) =>
        amount > 0 && seconds > 0 ? Number(amount / seconds * 1e-9, "0.0") : "–";

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>
    /// A struct's name; of a product, that of what it computes: the member behind Buffers or Offsets in the expression
    /// that says where it goes.
    /// </summary>
    static string NameOf(KernelProfile.Key key)
    {
        if (key.Kernel is { } kernel) return kernel.Name.Split('`')[0];
        string text = key.Name!;
        foreach (string place in (ReadOnlySpan<string>)["Buffers.", "Offsets."])
        {
            int start = text.IndexOf(place, StringComparison.Ordinal);
            if (start < 0) continue;
            start += place.Length;
            int end = start;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) end++;
            string name = text[start..end];
            return text.Contains("Gradients", StringComparison.Ordinal) ? "gradient of " + name : name;
        }
        return text.Length > 40 ? text[..40] : text;
    }

    sealed class Sum
    {
        public long Calls;
        public double Seconds, Flops, Bytes;
    }
}
