using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// The cases of one operator, in its folder: shapes, ranges and the documented error. What is checked of them is the harness's business.
/// </summary>
/// <param name="name">The operator: a method of Operators, or a primitive.</param>
/// <param name="error">The number behind Error in the operator's documentation; 0 where the result is the reference rounded to fp32.</param>
/// <param name="scale">C# over the inputs and the result y: what the error is relative to, element by element.</param>
public abstract class OperatorCases(string name, double error = 0, string scale = "0 * y")
{
    /// <summary>Past the point where work is spread over threads, and no multiple of a vector.</summary>
    protected const int Many = 20011;

    public string Name { get; } = name;
    public double Error { get; } = error;
    public string Scale { get; } = scale;

    public abstract IEnumerable<OperatorCase> All { get; }

    /// <summary>Any way to call the operator: ranks, lengths, axes and orders that nobody chose.</summary>
    public abstract Gen<OperatorCase> Any { get; }

    /// <summary>A tensor of fp32 in [from, to).</summary>
    protected static CaseInput Real(string name, string shape, double from = -2, double to = 2) => new(name, shape, from, to);

    /// <summary>A tensor of fp32 without fractions: some are equal.</summary>
    protected static CaseInput Whole(string name, string shape, double from = -2, double to = 3) => new(name, shape, from, to) { IsWhole = true };

    /// <summary>A tensor of int in [0, below).</summary>
    protected static CaseInput Integers(string name, string shape, int below) => new(name, shape, 0, below) { IsInteger = true };

    /// <summary>
    /// A function of each element, at one number (in the middle: relative to itself, a tail's gradient is all rounding), around vector widths,
    /// spread over threads, and in several axes.
    /// </summary>
    protected static IEnumerable<OperatorCase> Unary(string expression, double from, double to) =>
    [
        new(expression, "1", Real("x", "1", from / 4, to / 4)),
        new(expression, "N", Real("x", "N", from, to)) { Lengths = [.. OperatorCase.OddLengths, Many] },
        new(expression, "B, T", Real("x", "B, T", from, to)),
        new(expression, "3, 5, 7", Real("x", "3, 5, 7", from, to)),
    ];

    /// <summary>A function of two elements, at equal shapes and at each kind of broadcasting.</summary>
    protected static IEnumerable<OperatorCase> Binary(string expression, bool hasGradient = true, double from = -2, double to = 2) =>
        new OperatorCase[]
        {
            new(expression, "1", Real("a", "1", from, to), Real("b", "1", from, to)),
            new(expression, "N", Real("a", "N", from, to), Real("b", "N", from, to)) { Lengths = [.. OperatorCase.OddLengths, Many] },
            new(expression, "B, 17", Real("a", "B, 17", from, to), Real("b", "17", from, to)),
            new(expression, "B, T", Real("a", "B, 1", from, to), Real("b", "B, T", from, to)),
            new(expression, "B, 3, T", Real("a", "B, 1, T", from, to), Real("b", "3, 1", from, to)),
            new(expression, "5, 6", Real("a", "1", from, to), Real("b", "5, 6", from, to)),
        }.Select(c => c with { HasGradient = hasGradient });

    /// <summary>A function of each element, of any shape.</summary>
    protected static Gen<OperatorCase> AnyUnary(string expression, double from, double to) =>
        AnyShape.OfRank(1, 4).Select(shape => new OperatorCase(expression, AnyShape.Text(shape), Real("x", AnyShape.Text(shape), from, to)));

    /// <summary>A function of two elements, of any shapes that broadcast.</summary>
    protected static Gen<OperatorCase> AnyBinary(string expression, double from = -2, double to = 2) =>
        AnyShape.Broadcast(2).Select(shapes => new OperatorCase(expression, shapes[0], Real("a", shapes[1], from, to), Real("b", shapes[2], from, to)));

    /// <summary>A condition on two elements: of real numbers, some of them equal, or of integers.</summary>
    protected static Gen<OperatorCase> AnyCondition(string expression) => Gen.Select(AnyShape.Broadcast(2), Gen.Bool, (shapes, areIntegers) =>
        new OperatorCase(expression, shapes[0], areIntegers ? [Integers("a", shapes[1], 4), Integers("b", shapes[2], 4)] : [Whole("a", shapes[1]), Whole("b", shapes[2])])
        {
            HasGradient = false, CanBeHalved = false,
        });

    /// <summary>Something along any axis, counted from the front or from the end.</summary>
    protected static Gen<OperatorCase> AnyReduction(System.Func<int, string> expression, System.Func<int, string>? scale = null, double far = 2) =>
        AnyShape.WithAxis(1, 4).Select(s => new OperatorCase(expression(s.Written), AnyShape.Text(AnyShape.With(s.Axes, s.Axis, "1")), Real("x", AnyShape.Text(s.Axes), -far, far))
        {
            Scale = scale?.Invoke(s.Written),
        });

    public override string ToString() => Name;
}
