using System;
using System.Globalization;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.Training;

namespace Samples.Shared;

/// <summary>What every sample does around a run.</summary>
static class RunExtensions
{
    /// <summary>Saves the parameters, where a path is given.</summary>
    public static void SaveTo(this ModelTrainer trainer, string? path)
    {
        if (path is null) return;
        trainer.Save(path);
        Console.WriteLine($"saved {path}");
    }

    /// <summary>Says how long training took.</summary>
    /// <returns>Whether the model is to be measured: not where someone stopped the run.</returns>
    public static bool Announce(this RunResult result)
    {
        if (result.Reason == StopReason.Stopped) return false;
        double started = result.FirstStepEnd == 0 ? double.NaN : ProcessClock.At(result.FirstStepEnd).TotalMilliseconds;
        string first = double.IsNaN(started) ? "" : string.Create(CultureInfo.InvariantCulture,
            $"; first step done {started:F0} ms after the process started");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained in {result.Seconds:F1} s{first}"));
        return true;
    }
}
