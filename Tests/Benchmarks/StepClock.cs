using System;
using System.Diagnostics;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Benchmarks;

/// <summary>Runs one training step again and again and takes the median time.</summary>
/// <param name="Model">Name on the command line.</param>
/// <param name="WarmUp">Steps that do not count: memory is touched, caches and branch predictors are warm.</param>
/// <param name="Steps">Steps that count.</param>
sealed record StepClock(string Model, int WarmUp, int Steps)
{
    /// <summary>Times the steps between two measurements of the machine's peak.</summary>
    /// <param name="trainer">Made by this thread.</param>
    /// <param name="tokens">Tokens or examples of a step.</param>
    /// <param name="step">One step; returns its loss.</param>
    /// <exception cref="ArithmeticException">The loss is not a number: what was timed was no training.</exception>
    public TrainingFigures Time(ModelTrainer trainer, int tokens, Func<float> step)
    {
        var seconds = new double[Steps];
        for (int i = 0; i < WarmUp; i++) step();
        double peak = FmaPeak.Gflops(trainer.Device);
        float loss = 0;
        long allocated = trainer.AllocatedBytes;
        for (int i = 0; i < Steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            loss = step();
            seconds[i] = (Stopwatch.GetTimestamp() - start) / (double)Stopwatch.Frequency;   // a TimeSpan would round to 100 ns
        }
        allocated = trainer.AllocatedBytes - allocated;
        if (!float.IsFinite(loss))
            throw new ArithmeticException($"{Model}: the loss is {loss} after {WarmUp + Steps} steps; times of such steps mean nothing.");
        peak = Math.Max(peak, FmaPeak.Gflops(trainer.Device));

        Array.Sort(seconds);
        double median = (seconds[(Steps - 1) / 2] + seconds[Steps / 2]) / 2;
        return new(Model, trainer.Device.Threads, median, tokens / median, trainer.PlannedBytes, (double)allocated / Steps, peak);
    }
}
