using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace ModelCompiler.Build;

/// <summary>Writes the memory and cost report of an assembly's models, as Markdown.</summary>
static class ReportEmitter
{
    /// <param name="assembly">Name of the assembly.</param>
    /// <param name="models">Its models.</param>
    /// <returns>The report; the same text for the same costs, whatever the culture.</returns>
    public static string Write(string assembly, IReadOnlyList<ModelCost> models)
    {
        var text = new StringBuilder();
        text.Append($"# Models of {assembly}\n\n");
        text.Append("Memory and work at the largest dims. A fused multiply-add counts as two operations.\n");
        if (models.Count == 0) text.Append("\nThis assembly has no `[Model]` class with an entry point.\n");
        foreach (ModelCost model in models) Model(model, text);
        return text.ToString();
    }

    static void Model(ModelCost model, StringBuilder text)
    {
        text.Append($"\n## {model.Model}\n\n{Number(model.Parameters)} parameters, {Bytes(4 * model.Parameters)} in " +
            "fp32.\n\n");
        text.Append("| | FLOP | planned bytes | |\n|---|---:|---:|---|\n");
        if (model.Training is { } training)
        {
            Row("training step", training.StepFlops, training.ActivationBytes, "activations", text);
            Row("training", null, training.TotalBytes, "activations, parameters, gradients and optimizer state", text);
        }
        foreach (StoredCost stored in model.Stored)
            Row($"stored as {stored.Type}", null, stored.Bytes, $"{Number(stored.Buffers)} buffers of a step", text);
        foreach (EntryCost entry in model.Entries) Row($"`{entry.Method}`", entry.Flops, entry.Bytes, "activations",
            text);
        if (model.Stored.Count > 0)
            text.Append("\nKernels compute and sum in fp32; parameters, their gradients and the optimizer's state " +
                "are fp32.\n");
    }

    static void Row(string what, long? flops, long bytes, string of, StringBuilder text) =>
        text.Append($"| {what} | {(flops is { } f ? Number(f) : "")} | {Number(bytes)} | {Bytes(bytes)} of {of} |\n");

    static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Three digits, in powers of 1000.</summary>
    static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double value = bytes;
        int unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++) value /= 1000;
        string format = unit == 0 || value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return string.Create(CultureInfo.InvariantCulture,
            $"{value.ToString(format, CultureInfo.InvariantCulture)} {units[unit]}");
    }
}
