using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Gpu.Bench;

/// <summary>What the launches of a step took beside what was predicted for an H200, as Markdown: by kind, then each.</summary>
static class LaunchTable
{
    const string Step = "step";
    const int Calls = 1, Milliseconds = 2, Share = 3, Gflops = 4, Gigabytes = 5, OfFloor = 6, Predicted = 7;

    public static string Write(ProfileTable profile, ModelPlan plan)
    {
        Dictionary<string, PlannedLaunch> planned = plan.Launches.GroupBy(ProfileTable.NameOf).ToDictionary(g => g.Key, g => g.First());
        (string Kind, string Part) Group(string[] row) => planned.TryGetValue(row[0], out PlannedLaunch? launch) ? (launch.Kind, launch.Part) : ("not planned", "");
        var text = new StringBuilder($"{profile.Note}\n\n| kind | part | calls | ms | ms predicted | of that | share |\n|---|---|---:|---:|---:|---:|---:|\n");
        foreach (IGrouping<(string Kind, string Part), string[]> group in profile.Rows.GroupBy(row => row[0] == Step ? (Kind: Step, Part: "") : Group(row))
            .OrderBy(g => g.Key.Kind == Step).ThenByDescending(g => g.Sum(r => Number(r[Milliseconds]))))
        {
            double time = group.Sum(r => Number(r[Milliseconds])), expected = group.Sum(r => Number(r[Predicted]));
            text.Append(CultureInfo.InvariantCulture, $"| {group.Key.Kind} | {group.Key.Part} | {group.Sum(r => Number(r[Calls])):0.#} | {time:0.000} | {expected:0.000} | {Ratio(time, expected)} | {group.Sum(r => Number(r[Share])):0.0} % |\n");
        }
        text.Append("\n| launch | layer | part | kind | calls | ms | ms predicted | of that | share | TFLOP/s | GB/s | of its floor |\n|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        foreach (string[] row in profile.Rows)
        {
            planned.TryGetValue(row[0], out PlannedLaunch? launch);
            text.Append(CultureInfo.InvariantCulture, $"| {row[0]} | {launch?.Layer} | {launch?.Part} | {launch?.Kind} | {row[Calls]} | {row[Milliseconds]} | {row[Predicted]} | {Ratio(Number(row[Milliseconds]), Number(row[Predicted]))} | "
                + $"{row[Share]} | {(Number(row[Gflops]) > 0 ? (Number(row[Gflops]) * 1e-3).ToString("0.0", CultureInfo.InvariantCulture) : row[Gflops])} | {row[Gigabytes]} | {row[OfFloor]} |\n");
        }
        return text.ToString();
    }

    static string Ratio(double measured, double predicted) => predicted > 0 ? (measured / predicted).ToString("0.00", CultureInfo.InvariantCulture) : "";

    /// <summary>0 where a table has no number.</summary>
    static double Number(string cell) => double.TryParse(cell.TrimEnd('%', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 0;
}
