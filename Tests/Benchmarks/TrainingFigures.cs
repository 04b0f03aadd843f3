using System;
using System.IO;
using System.Text;
using System.Text.Json;

namespace ModelCompiler.Benchmarks;

/// <summary>What a training run measured.</summary>
/// <param name="Model">Name on the command line.</param>
/// <param name="Threads">Threads that worked.</param>
/// <param name="MedianSeconds">Of one step, after warming up.</param>
/// <param name="TokensPerSecond">Tokens, or examples, of a step by that.</param>
/// <param name="PlannedBytes">Of parameters, gradients, optimizer state and activations.</param>
/// <param name="AllocatedBytesPerStep">On the managed heap, by the caller and the workers.</param>
/// <param name="FmaPeakGflops">Of the machine, in the same run.</param>
sealed record TrainingFigures(
    string Model, int Threads, double MedianSeconds, double TokensPerSecond,
    long PlannedBytes, double AllocatedBytesPerStep, double FmaPeakGflops)
{
    /// <summary>One line.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("model", Model);
            json.WriteNumber("threads", Threads);
            json.WriteNumber("median_s", Significant(MedianSeconds));
            json.WriteNumber("tokens_per_second", Significant(TokensPerSecond));
            json.WriteNumber("planned_bytes", PlannedBytes);
            json.WriteNumber("allocated_bytes_per_step", AllocatedBytesPerStep);
            json.WriteNumber("fma_peak_gflops", Significant(FmaPeakGflops));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Five digits: more than any of these repeats.</summary>
    static decimal Significant(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return 0;
        int digits = 4 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits >= 0 ? Math.Round((decimal)value, Math.Min(digits, 28)) : Math.Round((decimal)value);
    }
}
