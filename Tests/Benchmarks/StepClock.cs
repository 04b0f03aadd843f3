using System;
using System.Diagnostics;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Benchmarks;

/// <summary>Runs one training step again and again and takes the median time.</summary>
/// <param name="Model">Name on the command line.</param>
/// <param name="WarmUp">Steps that do not count: memory is touched, caches and branch predictors are warm.</param>
/// <param name="Steps">Steps that count.</param>
/// <param name="Profiles">Whether as many steps more are run with a look at each kernel, which is printed.</param>
sealed record StepClock(string Model, int WarmUp, int Steps, bool Profiles)
{
    /// <summary>Times the steps between two measurements of the machine's peak.</summary>
    /// <param name="trainer">Made by this thread.</param>
    /// <param name="tokens">Tokens or examples of a step.</param>
    /// <param name="flops">Floating-point operations of a step.</param>
    /// <param name="step">One step; returns its loss.</param>
    /// <exception cref="ArithmeticException">The loss is not a number: what was timed was no training.</exception>
    public TrainingFigures Time(ModelTrainer trainer, int tokens, long flops, Func<float> step)
    {
        var seconds = new double[Steps];
        var processor = new double[Steps];
        for (int i = 0; i < WarmUp; i++) step();
        // Of the training alone: what is measured below has memory of its own.
        long resident = ProcessMemory.PeakBytes;
        double peak = FmaPeak.Gflops(trainer.Device);
        float loss = 0;
        long allocated = trainer.AllocatedBytes;
        for (int i = 0; i < Steps; i++)
        {
            TimeSpan used = Environment.CpuUsage.UserTime;
            long start = Stopwatch.GetTimestamp();
            loss = step();
            seconds[i] = (Stopwatch.GetTimestamp() - start) / (double)Stopwatch.Frequency;   // a TimeSpan would round to 100 ns
            processor[i] = (Environment.CpuUsage.UserTime - used).TotalSeconds;
        }
        allocated = trainer.AllocatedBytes - allocated;
        if (!float.IsFinite(loss))
            throw new ArithmeticException($"{Model}: the loss is {loss} after {WarmUp + Steps} steps; times of such steps mean nothing.");
        peak = Math.Max(peak, FmaPeak.Gflops(trainer.Device));

        if (Profiles) Profile(trainer, step);
        (double read, double update) = (MemoryBandwidth.Read(trainer.Device), MemoryBandwidth.Update(trainer.Device));
        double median = Median(seconds);
        return new(Model, trainer.Device.Threads)
        {
            MedianSeconds = median, BestSeconds = seconds[0], ProcessorSeconds = Median(processor), TokensPerSecond = tokens / median,
            StepFlops = flops, FmaPeakGflops = peak, ReadGigabytesPerSecond = read, UpdateGigabytesPerSecond = update,
            PlannedBytes = trainer.PlannedBytes, PeakResidentBytes = resident, AllocatedBytesPerStep = (double)allocated / Steps,
        };
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    void Profile(ModelTrainer trainer, Func<float> step)
    {
        using var profile = KernelProfile.Begin(trainer.Device);
        for (int i = 0; i <= Steps; i++)
            using (profile.Step()) step();
        profile.ToTable(trainer).Write(Console.Out);
    }
}
