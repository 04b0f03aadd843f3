using System;
using System.Globalization;

namespace ModelCompiler.Graphs;

/// <summary>
/// C#'s arithmetic on values known at build, such as constructor parameters, which Roslyn cannot fold.
/// </summary>
static class Arithmetic
{
    /// <summary>A binary operator by Roslyn's name for it; null if it does not apply.</summary>
    public static object? Apply(string op, object? a, object? b)
    {
        if (op is "Equals" && (a is null || b is null || a is string || a is bool)) return Equals(a, b);
        if (op is "NotEquals" && (a is null || b is null || a is string || a is bool)) return !Equals(a, b);
        return (a, b) switch
        {
            (string x, _) when op == "Add" => x + Text(b),
            (_, string y) when op == "Add" => Text(a) + y,
            (bool x, bool y) => op switch
            {
                "And" or "ConditionalAnd" => x && y,
                "Or" or "ConditionalOr" => x || y,
                "ExclusiveOr" => x != y,
                _ => null,
            },
            (double or float, _) or (_, double or float) when a is IConvertible x && b is IConvertible y =>
                Real(op, x, y) is double result && a is float && b is float ? (float)result : Real(op, x, y),
            (long, _) or (_, long) when a is IConvertible x && b is IConvertible y =>
                Whole(op, x.ToInt64(null), y.ToInt64(null)),
            (int x, int y) => Whole(op, x, y) is long result ? unchecked((int)result) : Whole(op, x, y),
            _ => null,
        };
    }

    /// <summary>A unary operator; null if it does not apply.</summary>
    public static object? Apply(string op, object? a) => (op, a) switch
    {
        ("Plus", _) => a,
        ("Minus", int x) => unchecked(-x),
        ("Minus", long x) => unchecked(-x),
        ("Minus", double x) => -x,
        ("Minus", float x) => -x,
        ("Not", bool x) => !x,
        _ => null,
    };

    static object? Whole(string op, long x, long y) => op switch
    {
        "Add" => unchecked(x + y),
        "Subtract" => unchecked(x - y),
        "Multiply" => unchecked(x * y),
        "Divide" => y == 0 ? null : x / y,
        "Remainder" => y == 0 ? null : x % y,
        "LeftShift" => x << (int)y,
        "RightShift" => x >> (int)y,
        "And" => x & y,
        "Or" => x | y,
        "ExclusiveOr" => x ^ y,
        _ => Compare(op, x.CompareTo(y)),
    };

    static object? Real(string op, IConvertible a, IConvertible b)
    {
        double x = a.ToDouble(CultureInfo.InvariantCulture), y = b.ToDouble(CultureInfo.InvariantCulture);
        return op switch
        {
            "Add" => x + y,
            "Subtract" => x - y,
            "Multiply" => x * y,
            "Divide" => x / y,
            "Remainder" => x % y,
            _ => Compare(op, x.CompareTo(y)),
        };
    }

    static object? Compare(string op, int order) => op switch
    {
        "Equals" => order == 0,
        "NotEquals" => order != 0,
        "LessThan" => order < 0,
        "LessThanOrEqual" => order <= 0,
        "GreaterThan" => order > 0,
        "GreaterThanOrEqual" => order >= 0,
        _ => null,
    };

    /// <summary>A conversion between numbers; everything else stays what it is.</summary>
    public static object? Convert(string type, object? value) => (type, value) switch
    {
        ("System.Nullable`1<System.Double>", not null) => Convert("System.Double", value),
        ("System.Nullable`1<System.Single>", not null) => Convert("System.Single", value),
        ("System.Nullable`1<System.Int64>", not null) => Convert("System.Int64", value),
        ("System.Double", IConvertible number and not string) => number.ToDouble(CultureInfo.InvariantCulture),
        ("System.Single", IConvertible number and not string) => number.ToSingle(CultureInfo.InvariantCulture),
        ("System.Int32", double or float) => (int)((IConvertible)value!).ToDouble(CultureInfo.InvariantCulture),
        ("System.Int32", IConvertible number and not string) =>
            unchecked((int)number.ToInt64(CultureInfo.InvariantCulture)),
        ("System.Int64", double or float) => (long)((IConvertible)value!).ToDouble(CultureInfo.InvariantCulture),
        ("System.Int64", IConvertible number and not string) => number.ToInt64(CultureInfo.InvariantCulture),
        _ => value,
    };

    public static string Text(object? value) => System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
