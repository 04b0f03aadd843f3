using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Diagnostics;

/// <content>Launches on a device of CUDA, measured beside predicted.</content>
public sealed partial record ProfileTable
{
    const string Copied = "copy", CopyOf = "copy of ";

    /// <summary>What a profile calls a planned launch.</summary>
    internal static string NameOf(PlannedLaunch launch) =>
        launch.Kind == Copied ? CopyOf + launch.Name : launch.Name;

    static ProfileTable OfDevice(KernelProfile profile, ModelTrainer trainer)
    {
        Dictionary<string, PlannedLaunch[]> planned = (trainer.Plan?.Launches ?? []).GroupBy(NameOf)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        int steps = Math.Max(1, profile.Steps);
        var rows = new List<(string Name, Sum Sum, double Predicted)>();
        foreach ((string name, KernelProfile.LaunchEntry entry) in profile.Launches.Where(l => l.Value.Steps > 0))
        {
            // All sums are of one step; a kernel that several places share is one row.
            var sum = new Sum
            {
                Calls = entry.Calls, Seconds = entry.MedianSeconds * entry.Steps / steps,
            };
            double predicted = 0;
            if (planned.TryGetValue(name, out PlannedLaunch[]? launches))
            {
                double times = entry.Calls / (double)steps / launches.Sum(l => l.Times);
                sum.Flops = times * launches.Sum(l => (double)l.Times * l.Flops);
                sum.Bytes = times * launches.Sum(l => (double)l.Times * l.Bytes);
                predicted = times * launches.Sum(l => (double)l.Times * l.Nanoseconds) * 1e-9;
            }
            rows.Add((name, sum, predicted));
        }
        double whole = Math.Max(rows.Sum(r => r.Sum.Seconds), double.Epsilon);
        rows = [.. rows.OrderByDescending(r => r.Sum.Seconds).ThenBy(r => r.Name, StringComparer.Ordinal)];
        rows.Add(("step", new Sum
        {
            Calls = rows.Sum(r => r.Sum.Calls), Seconds = whole, Flops = rows.Sum(r => r.Sum.Flops),
            Bytes = rows.Sum(r => r.Sum.Bytes),
        }, rows.Sum(r => r.Predicted)));
        List<string[]> texts = [];
        foreach ((string name, Sum sum, double predicted) in rows)
        {
            string[] row = Row(name, new Sum
            {
                Calls = sum.Calls, Seconds = sum.Seconds * steps, Flops = sum.Flops * steps, Bytes = sum.Bytes * steps,
            }, profile.Speed, steps, whole * steps);
            texts.Add([.. row, predicted > 0 ? Number(predicted * 1e3, "0.000") : "–"]);
        }
        string note = string.Create(CultureInfo.InvariantCulture, $"""
            Launches of {profile.Steps} steps on {trainer.Device}, one by one between events, the median of each: {
            whole * 1e3:F3} ms a step. The device: {profile.Speed.Gflops:F0} GFLOP/s in bf16, {
            profile.Speed.GigabytesPerSecond:F1} GB/s. Costs are those at the largest dims, and the times that they
            predict are an H200's. As one graph, which a step is when nobody measures, it may be shorter.
            """).ReplaceLineEndings(" ");
        return new(note, texts, profile.Seconds > 0 ? Math.Min(1, whole * steps / profile.Seconds) : 0)
        {
            Head = [.. columns, "predicted ms"],
        };
    }
}
