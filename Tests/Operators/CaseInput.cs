using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Operators;

/// <summary>One tensor that a case hands to its operator.</summary>
/// <param name="Name">Its name in the case's expression.</param>
/// <param name="Shape">Axis lengths as a model author writes them, separated by commas: numbers and dims of one capital letter.</param>
/// <param name="From">Real numbers are drawn from here, inclusive.</param>
/// <param name="To">Real numbers are drawn up to here, exclusive; integers from 0 up to here.</param>
public sealed record CaseInput(string Name, string Shape, double From, double To)
{
    /// <summary>int instead of fp32.</summary>
    public bool IsInteger { get; init; }

    /// <summary>Real numbers without a fraction, so that some are equal. No gradient is asked of them.</summary>
    public bool IsWhole { get; init; }

    public string Type => IsInteger ? "Tensor<int>" : "Tensor";

    public IReadOnlyList<string> Axes => AxesOf(Shape);

    public static IReadOnlyList<string> AxesOf(string shape) => shape.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The numbers for given axis lengths, the same on every run.</summary>
    public Array Numbers(int count, uint stream)
    {
        if (IsInteger) return Draw.Tokens(count, (int)To, stream);
        float[] unit = Draw.Reals(count, stream);
        return Array.ConvertAll(unit, u => (float)(IsWhole ? Math.Floor(Scaled(u)) : Scaled(u)));
    }

    double Scaled(float unit) => From + (To - From) * (unit + 1) / 2;
}
