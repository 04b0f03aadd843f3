using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Gpu;

/// <summary>What a training step launches on a device of CUDA, with what each launch should take on an H200, as Markdown.</summary>
static class PlanTable
{
    /// <summary>Seconds of a whole step.</summary>
    public static double Seconds(ModelPlan plan) => plan.Launches.Sum(l => l.Times * l.Nanoseconds) * 1e-9;

    /// <param name="plan">Of a model that runs on devices of CUDA.</param>
    /// <param name="tokens">Of a step at the largest dims.</param>
    public static string Write(ModelPlan plan, long tokens)
    {
        double all = Seconds(plan);
        long flops = plan.Launches.Sum(l => l.Times * l.Flops), launches = plan.Launches.Sum(l => l.Times * l.Launches);
        var text = new StringBuilder();
        Line(text, $"Predicted for an H200: {all * 1e3:0.00} ms a step, {tokens / all:#,0} tokens/s, {launches} launches, {flops * 1e-12:0.00} TFLOP, {plan.Bytes * 1e-9:0.00} GB of activations.");
        Groups(text, plan, all);
        Line(text, "\n| launch | layer | part | kind | times | FLOP | bytes | us | ms a step | share |");
        Line(text, "|---|---|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (PlannedLaunch launch in plan.Launches.OrderByDescending(l => l.Times * l.Nanoseconds))
        {
            double time = launch.Times * launch.Nanoseconds * 1e-6;
            Line(text, $"| {launch.Name} | {launch.Layer} | {launch.Part} | {launch.Kind} | {launch.Times} | {Short(launch.Flops)} | {Short(launch.Bytes)} | "
                + $"{launch.Nanoseconds * 1e-3:0.0} | {time:0.000} | {time * 1e-3 / all:0.0 %} |");
        }
        return text.ToString();
    }

    static void Groups(StringBuilder text, ModelPlan plan, double all)
    {
        Line(text, "\n| kind | part | launches | TFLOP | GB | ms a step | share |");
        Line(text, "|---|---|---:|---:|---:|---:|---:|");
        foreach (IGrouping<(string, string), PlannedLaunch> group in plan.Launches.GroupBy(l => (l.Kind, l.Part))
            .OrderByDescending(g => g.Sum(l => l.Times * l.Nanoseconds)))
        {
            double time = group.Sum(l => l.Times * l.Nanoseconds) * 1e-6;
            Line(text, $"| {group.Key.Item1} | {group.Key.Item2} | {group.Sum(l => l.Times * l.Launches)} | {group.Sum(l => l.Times * l.Flops) * 1e-12:0.00} | "
                + $"{group.Sum(l => l.Times * l.Bytes) * 1e-9:0.0} | {time:0.00} | {time * 1e-3 / all:0.0 %} |");
        }
    }

    /// <summary>Three digits and a decimal prefix.</summary>
    public static string Short(double amount)
    {
        string[] prefixes = ["", "k", "M", "G", "T"];
        int prefix = 0;
        for (; amount >= 1000 && prefix < prefixes.Length - 1; prefix++) amount /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{(prefix == 0 ? $"{amount:0}" : amount < 10 ? $"{amount:0.00}" : amount < 100 ? $"{amount:0.0}" : $"{amount:0}")} {prefixes[prefix]}").TrimEnd();
    }

    static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
