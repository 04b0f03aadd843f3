using System;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Training;

/// <summary>Ranges of hyperparameters: each returns the value it was given, or says what it must be.</summary>
static class Hyperparameter
{
    public static float NotNegative(float value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        float.IsFinite(value) && value >= 0 ? value : throw Wrong(value, name, "finite and at least 0");

    public static float Positive(float value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        float.IsFinite(value) && value > 0 ? value : throw Wrong(value, name, "finite and above 0");

    public static float Fraction(float value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 0 and < 1 ? value : throw Wrong(value, name, "at least 0 and below 1");

    public static int NotNegative(int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 ? value : throw Wrong(value, name, "at least 0");

    public static int Positive(int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value > 0 ? value : throw Wrong(value, name, "at least 1");

    static ArgumentOutOfRangeException Wrong(float value, string name, string range) =>
        new(name, value, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {range}."));
}
