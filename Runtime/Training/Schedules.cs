using System;

namespace ModelCompiler.Runtime.Training;

/// <summary>The learning rate as a function of the step; write your own by implementing it.</summary>
/// <example><code>trainer.Schedule = new CosineSchedule(peak: 2e-3f, steps: 3000, warmUp: 100, floor: 0.05f);</code>
/// </example>
public interface ISchedule
{
    /// <summary>The rate of a step.</summary>
    /// <param name="step">From 1.</param>
    /// <returns>Finite, at least 0.</returns>
    float At(int step);
}

/// <summary>A schedule that is a function of yours.</summary>
/// <param name="rate">The rate of a step, from 1; finite, at least 0.</param>
/// <example><code>trainer.Schedule = new CustomSchedule(step => 1e-3f / MathF.Sqrt(step));</code></example>
public sealed class CustomSchedule(Func<int, float> rate) : ISchedule
{
    /// <inheritdoc/>
    public float At(int step) => rate(step);

    /// <summary>"CustomSchedule": its formula cannot be compared.</summary>
    public override string ToString() => nameof(CustomSchedule);
}

/// <summary>The same rate in every step after the warm-up.</summary>
/// <example><code>trainer.Schedule = new ConstantSchedule(1e-3f, warmUp: 100);</code></example>
public sealed record ConstantSchedule : ISchedule
{
    /// <summary>Chooses the rate.</summary>
    /// <param name="rate">Finite, at least 0.</param>
    /// <param name="warmUp">Steps in which the rate rises along a line; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public ConstantSchedule(float rate, int warmUp = 0)
    {
        Rate = Hyperparameter.NotNegative(rate);
        WarmUp = Hyperparameter.NotNegative(warmUp);
    }

    /// <summary>The rate.</summary>
    public float Rate { get; }

    /// <summary>Steps in which the rate rises.</summary>
    public int WarmUp { get; }

    /// <inheritdoc/>
    public float At(int step) => step < WarmUp ? Rate * step / WarmUp : Rate;
}

/// <summary>A rate that rises along a line and falls along another.</summary>
/// <example><code>trainer.Schedule = new LinearSchedule(peak: 2e-3f, steps: 3000, warmUp: 100);</code></example>
public sealed record LinearSchedule : ISchedule
{
    /// <summary>Chooses the line.</summary>
    /// <param name="peak">The largest rate; finite, at least 0.</param>
    /// <param name="steps">All steps, the warm-up among them; at least 1. Later ones have the last one's rate.</param>
    /// <param name="warmUp">Steps until the peak; at least 0. At most half of all steps are used for it.</param>
    /// <param name="floor">The rate of the last step, as a part of the peak; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public LinearSchedule(float peak, int steps, int warmUp = 0, float floor = 0) => (Peak, Steps, WarmUp, Floor) =
        (Hyperparameter.NotNegative(peak), Hyperparameter.Positive(steps), Hyperparameter.NotNegative(warmUp),
            Hyperparameter.NotNegative(floor));

    /// <summary>The largest rate.</summary>
    public float Peak { get; }

    /// <summary>All steps.</summary>
    public int Steps { get; }

    /// <summary>Steps until the peak.</summary>
    public int WarmUp { get; }

    /// <summary>The last step's rate, as a part of the peak.</summary>
    public float Floor { get; }

    /// <inheritdoc/>
    public float At(int step) => RisingThenFalling.At(step, Peak, Steps, WarmUp, Floor, done => 1 - done);
}

/// <summary>A rate that rises along a line and falls along half a cosine.</summary>
/// <remarks>
/// <para><b>Source</b>: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), without
/// restarts.</para>
/// </remarks>
/// <example><code>trainer.Schedule = new CosineSchedule(peak: 2e-3f, steps: 3000, warmUp: 100, floor: 0.05f);</code>
/// </example>
public sealed record CosineSchedule : ISchedule
{
    /// <summary>Chooses the curve.</summary>
    /// <param name="peak">The largest rate; finite, at least 0.</param>
    /// <param name="steps">All steps, the warm-up among them; at least 1. Later ones have the last one's rate.</param>
    /// <param name="warmUp">Steps until the peak; at least 0. At most half of all steps are used for it.</param>
    /// <param name="floor">The rate of the last step, as a part of the peak; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public CosineSchedule(float peak, int steps, int warmUp = 0, float floor = 0) => (Peak, Steps, WarmUp, Floor) =
        (Hyperparameter.NotNegative(peak), Hyperparameter.Positive(steps), Hyperparameter.NotNegative(warmUp),
            Hyperparameter.NotNegative(floor));

    /// <summary>The largest rate.</summary>
    public float Peak { get; }

    /// <summary>All steps.</summary>
    public int Steps { get; }

    /// <summary>Steps until the peak.</summary>
    public int WarmUp { get; }

    /// <summary>The last step's rate, as a part of the peak.</summary>
    public float Floor { get; }

    /// <inheritdoc/>
    public float At(int step) => RisingThenFalling.At(step, Peak, Steps, WarmUp, Floor,
        done => 0.5 * (1 + Math.Cos(Math.PI * done)));
}

/// <summary>A rate that is multiplied by a factor every so many steps.</summary>
/// <example><code>trainer.Schedule = new StepDecaySchedule(0.1f, every: 1000, factor: 0.1f);</code></example>
public sealed record StepDecaySchedule : ISchedule
{
    /// <summary>Chooses the stairs.</summary>
    /// <param name="rate">The first steps' rate; finite, at least 0.</param>
    /// <param name="every">Steps of equal rate; at least 1.</param>
    /// <param name="factor">What the rate is multiplied by after them; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public StepDecaySchedule(float rate, int every, float factor = 0.1f) => (Rate, Every, Factor) =
        (Hyperparameter.NotNegative(rate), Hyperparameter.Positive(every), Hyperparameter.Positive(factor));

    /// <summary>The first steps' rate.</summary>
    public float Rate { get; }

    /// <summary>Steps of equal rate.</summary>
    public int Every { get; }

    /// <summary>What the rate is multiplied by after them.</summary>
    public float Factor { get; }

    /// <inheritdoc/>
    public float At(int step) => (float)(Rate * Math.Pow(Factor, (step - 1) / Every));
}

/// <summary>A rate that is multiplied by the same factor in every step.</summary>
/// <example><code>trainer.Schedule = new ExponentialSchedule(1e-2f, factor: 0.999f);</code></example>
public sealed record ExponentialSchedule : ISchedule
{
    /// <summary>Chooses the curve.</summary>
    /// <param name="rate">The first step's rate; finite, at least 0.</param>
    /// <param name="factor">What the rate is multiplied by from step to step; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public ExponentialSchedule(float rate, float factor) =>
        (Rate, Factor) = (Hyperparameter.NotNegative(rate), Hyperparameter.Positive(factor));

    /// <summary>The first step's rate.</summary>
    public float Rate { get; }

    /// <summary>What the rate is multiplied by from step to step.</summary>
    public float Factor { get; }

    /// <inheritdoc/>
    public float At(int step) => (float)(Rate * Math.Pow(Factor, step - 1));
}

/// <summary>One rise and one fall along half cosines, down to far below where it started.</summary>
/// <remarks>
/// <para><b>Source</b>: Smith and Topin, Super-Convergence (2018), with cosines for lines.</para>
/// </remarks>
/// <example><code>trainer.Schedule = new OneCycleSchedule(peak: 1e-2f, steps: 3000);</code></example>
public sealed record OneCycleSchedule : ISchedule
{
    /// <summary>Chooses the cycle.</summary>
    /// <param name="peak">The largest rate; finite, at least 0.</param>
    /// <param name="steps">All steps; at least 1. Later ones have the last one's rate.</param>
    /// <param name="rise">The part of the steps in which the rate rises, in [0, 1).</param>
    /// <param name="start">The peak as a multiple of the rate it starts from; above 0.</param>
    /// <param name="end">The starting rate as a multiple of the last one; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public OneCycleSchedule(float peak, int steps, float rise = 0.3f, float start = 25, float end = 1e4f) =>
        (Peak, Steps, Rise, Start, End) = (Hyperparameter.NotNegative(peak), Hyperparameter.Positive(steps),
            Hyperparameter.Fraction(rise), Hyperparameter.Positive(start), Hyperparameter.Positive(end));

    /// <summary>The largest rate.</summary>
    public float Peak { get; }

    /// <summary>All steps.</summary>
    public int Steps { get; }

    /// <summary>The part of the steps in which the rate rises.</summary>
    public float Rise { get; }

    /// <summary>The peak as a multiple of the rate it starts from.</summary>
    public float Start { get; }

    /// <summary>The starting rate as a multiple of the last one.</summary>
    public float End { get; }

    /// <inheritdoc/>
    public float At(int step)
    {
        double first = Peak / (double)Start, last = first / End, top = Rise * Steps;
        double at = Math.Clamp(step, 1, Steps);
        return (float)(at < top ? Between(first, Peak, (at - 1) / Math.Max(1, top - 1))
            : Between(Peak, last, (at - top) / Math.Max(1, Steps - top)));
    }

    static double Between(double from, double to, double done) =>
        to + (from - to) * 0.5 * (1 + Math.Cos(Math.PI * done));
}

/// <summary>The shape that several schedules share: a line up to the peak, then a curve down to the floor.</summary>
static class RisingThenFalling
{
    public static float At(int step, float peak, int steps, int warmUp, float floor, Func<double, double> fall)
    {
        int rise = Math.Min(warmUp, steps / 2);   // a run shorter than its warm-up still comes down again
        if (step <= rise) return peak * step / rise;
        double done = Math.Min(1, (step - rise) / (double)Math.Max(1, steps - rise));
        return peak * (float)(floor + (1 - floor) * fall(done));
    }
}
