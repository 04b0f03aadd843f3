using System;

namespace ModelCompiler.Tests.Operators;

/// <summary>Compares element by element, as an operator documents its error.</summary>
static class Tolerance
{
    /// <summary>|Δ| of each element against its own tolerance; an error of 0 means the reference rounded to fp32.</summary>
    public static void Within(string what, double[] expected, float[] actual, double error, double[] scale)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            double tolerance = error * scale[i];
            bool isClose = tolerance == 0 ? actual[i] == (float)expected[i] : Math.Abs(actual[i] - expected[i]) <= tolerance;
            Assert.True(isClose, $"{what}: element {i} is {actual[i]:g9}, expected {expected[i]:g9} within {tolerance:g3}");
        }
    }
}
