using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

namespace ModelCompiler.Runtime.Training;

/// <summary>A tensor at a glance, as a debugger shows it: name, shape, first numbers, range, mean, what is not finite.
/// </summary>
/// <param name="Name">Field path.</param>
/// <param name="Shape">Axes, such as "[384, 384]".</param>
/// <param name="First">The first numbers, eight at most.</param>
/// <param name="Minimum">The least of those that are numbers.</param>
/// <param name="Maximum">The largest of those that are numbers.</param>
/// <param name="Mean">Of those that are finite.</param>
/// <param name="NaNs">How many are not numbers.</param>
/// <param name="Infinities">How many are infinite.</param>
[DebuggerDisplay("{ToString(),nq}")]
public sealed record TensorView(string Name, string Shape, float[] First, float Minimum, float Maximum, double Mean,
    long NaNs, long Infinities)
{
    const int Shown = 8;

    /// <summary>Looks at numbers.</summary>
    /// <param name="name">What they are called.</param>
    /// <param name="shape">Their axes.</param>
    /// <param name="values">All of them.</param>
    public static TensorView Of(string name, string shape, ReadOnlySpan<float> values)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        double sum = 0;
        long notNumbers = 0, infinities = 0;
        foreach (float value in values)
        {
            if (float.IsNaN(value))
            {
                notNumbers++;
                continue;
            }
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
            if (float.IsInfinity(value)) infinities++;
            else sum += value;
        }
        return new(name, shape, values[..Math.Min(Shown, values.Length)].ToArray(), least, most,
            sum / Math.Max(1, values.Length - notNumbers - infinities), notNumbers, infinities);
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name} {Shape}: {Minimum:g4} to {Maximum:g4}, mean {Mean:g4}") +
        (NaNs > 0 ? $", {NaNs} NaN" : "") + (Infinities > 0 ? $", {Infinities} infinite" : "") + "; " +
        string.Join(", ", First.Select(v => v.ToString("g4", CultureInfo.InvariantCulture))) + " …";
}
