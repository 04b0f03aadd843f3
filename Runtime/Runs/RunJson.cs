using System;
using System.Collections.Generic;
using System.Text.Json;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Runs;

/// <summary>The parts of a report's data. What is not finite is null, which charts leave out.</summary>
static class RunJson
{
    public static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, Round(value));
        else json.WriteNull(name);
    }

    public static void History(Utf8JsonWriter json, RunHistory history)
    {
        json.WriteStartObject("history");
        Series(json, "step", history, p => p.Last);
        Series(json, "loss", history, p => p.MeanLoss);
        Series(json, "lr", history, p => p.LearningRate);
        Series(json, "rate", history, p => p.Rate);
        Series(json, "norm", history, p => p.MeanNorm);
        json.WriteEndObject();
    }

    public static void Validations(Utf8JsonWriter json, List<(int Step, Metrics Metrics)> validations)
    {
        var names = new List<string>();
        foreach ((_, Metrics metrics) in validations)
            foreach ((string name, _) in metrics.Values)
                if (!names.Contains(name)) names.Add(name);
        json.WriteStartObject("validation");
        json.WriteStartArray("step");
        foreach ((int step, _) in validations) json.WriteNumberValue(step);
        json.WriteEndArray();
        json.WriteStartObject("metrics");
        foreach (string name in names)
        {
            json.WriteStartArray(name);
            foreach ((_, Metrics metrics) in validations)
                Value(json, metrics.TryGet(name, out double value) ? value : double.NaN);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Plan(Utf8JsonWriter json, ModelPlan? plan)
    {
        if (plan is null) return;
        json.WriteStartObject("plan");
        json.WriteNumber("bytes", plan.Bytes);
        json.WriteStartArray("buffers");
        foreach (PlannedBuffer buffer in plan.Buffers)
        {
            json.WriteStartArray();
            json.WriteStringValue(buffer.Name);
            json.WriteStringValue(buffer.Shape);
            json.WriteNumberValue(buffer.Offset);
            json.WriteNumberValue(buffer.Bytes);
            json.WriteNumberValue(buffer.First);
            json.WriteNumberValue(buffer.Last);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteStartArray("kernels");
        foreach (PlannedKernel kernel in plan.Kernels)
        {
            json.WriteStartArray();
            json.WriteStringValue(kernel.Name);
            json.WriteStringValue(kernel.Layer);
            json.WriteBooleanValue(kernel.IsBackward);
            json.WriteNumberValue(kernel.Step);
            json.WriteNumberValue(kernel.Times);
            json.WriteNumberValue(kernel.Flops);
            json.WriteNumberValue(kernel.Bytes);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Profile(Utf8JsonWriter json, KernelProfile profile, ModelTrainer trainer)
    {
        ProfileTable table = profile.ToTable(trainer);
        json.WriteStartObject("profile");
        json.WriteString("note", table.Note);
        json.WriteStartArray("head");
        foreach (string cell in table.Head) json.WriteStringValue(cell);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (string[] row in table.Rows)
        {
            json.WriteStartArray();
            foreach (string cell in row) json.WriteStringValue(cell);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Series(Utf8JsonWriter json, string name, RunHistory history, Func<RunHistory.Point, double> value)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < history.Count; i++) Value(json, value(history[i]));
        json.WriteEndArray();
    }

    static void Value(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(Round(value));
        else json.WriteNullValue();
    }

    /// <summary>Six digits: more than a chart shows, and a third of the file.</summary>
    static double Round(double value) => value == 0 ? 0
        : double.Parse(value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture),
            System.Globalization.CultureInfo.InvariantCulture);
}
