using System;

namespace Samples.Shared;

/// <summary>A learning rate that rises along a line and then falls along half a cosine.</summary>
/// <remarks>
/// Source: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), without restarts.
/// </remarks>
/// <param name="Peak">The largest rate.</param>
/// <param name="WarmUp">Steps until the peak.</param>
/// <param name="Steps">All steps, the warm-up among them.</param>
/// <param name="Floor">The rate of the last step, as a part of the peak.</param>
readonly record struct Schedule(float Peak, int WarmUp, int Steps, float Floor)
{
    /// <summary>The rate of a step.</summary>
    /// <param name="step">From 1 to <see cref="Steps"/>.</param>
    public float At(int step)
    {
        int rise = Math.Min(WarmUp, Steps / 2); // a run shorter than its warm-up still comes down again
        if (step <= rise) return Peak * step / rise;
        double done = (step - rise) / (double)Math.Max(1, Steps - rise);
        return Peak * (float)(Floor + (1 - Floor) * 0.5 * (1 + Math.Cos(Math.PI * done)));
    }
}
