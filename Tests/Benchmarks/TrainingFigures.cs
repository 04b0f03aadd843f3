using System;
using System.IO;
using System.Text;
using System.Text.Json;

namespace ModelCompiler.Benchmarks;

/// <summary>What a training run measured.</summary>
/// <param name="Model">Name on the command line.</param>
/// <param name="Threads">Threads that worked.</param>
sealed record TrainingFigures(string Model, int Threads)
{
    /// <summary>Of one step, after warming up.</summary>
    public required double MedianSeconds { get; init; }

    /// <summary>Of the fastest step: what others on the machine disturb least.</summary>
    public required double BestSeconds { get; init; }

    /// <summary>Processor time of one step, all threads together; the system counts it in hundredths of a second.</summary>
    public required double ProcessorSeconds { get; init; }

    /// <summary>Tokens, or examples, of a step by the median.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Floating-point operations of a step, a fused multiply-add as two.</summary>
    public required long StepFlops { get; init; }

    /// <summary>Of the machine, in the same run.</summary>
    public required double FmaPeakGflops { get; init; }

    /// <summary>Reading memory from start to end, in the same run.</summary>
    public required double ReadGigabytesPerSecond { get; init; }

    /// <summary>Reading memory and writing it where it was, both counted.</summary>
    public required double UpdateGigabytesPerSecond { get; init; }

    /// <summary>Of parameters, gradients, optimizer state and activations.</summary>
    public required long PlannedBytes { get; init; }

    /// <summary>The most physical memory the process ever had, after warming up.</summary>
    public required long PeakResidentBytes { get; init; }

    /// <summary>On the managed heap, by the caller and the workers.</summary>
    public required double AllocatedBytesPerStep { get; init; }

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
            json.WriteNumber("best_s", Significant(BestSeconds));
            json.WriteNumber("cpu_s", Significant(ProcessorSeconds));
            json.WriteNumber("tokens_per_second", Significant(TokensPerSecond));
            json.WriteNumber("gflops", Significant(StepFlops / MedianSeconds * 1e-9));
            json.WriteNumber("share_of_peak", Significant(StepFlops / MedianSeconds * 1e-9 / FmaPeakGflops));
            json.WriteNumber("fma_peak_gflops", Significant(FmaPeakGflops));
            json.WriteNumber("read_gbps", Significant(ReadGigabytesPerSecond));
            json.WriteNumber("update_gbps", Significant(UpdateGigabytesPerSecond));
            json.WriteNumber("planned_bytes", PlannedBytes);
            json.WriteNumber("peak_rss_bytes", PeakResidentBytes);
            json.WriteNumber("allocated_bytes_per_step", AllocatedBytesPerStep);
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
