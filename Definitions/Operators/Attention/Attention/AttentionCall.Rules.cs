using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler;

/// <summary>The facets of attention, of its rows' sums and of its gradients, and the calls they become.</summary>
static class AttentionCall
{
    public static PrimitiveFacet LogSum { get; } = new()
    {
        Inputs = 3, IsStrided = true, Group = "attention", GroupCall = Forward, ProductInputs = [0, 1, 2],
        IsStatistic = true,
        Broken = v => Broken(v, v.Shape.With(-1, v.Inputs[2].Shape[-1])) ?? Same(v, v.Inputs[0].Shape.With(-1, 1)),
        TotalFlops = v => 3 * Scores(v),
    };

    public static PrimitiveFacet Result { get; } = new()
    {
        Inputs = 4, IsStrided = true, Group = "attention", GroupCall = Forward, ProductInputs = [0, 1, 2],
        Broken = v => Broken(v, v.Shape) ?? Same(v, v.Inputs[0].Shape.With(-1, v.Inputs[2].Shape[-1])),
        TotalFlops = v => 2 * Scores(v) * (Width(v) + ValueWidth(v)),
    };

    /// <param name="input">Of the attention, whose gradient it is.</param>
    public static PrimitiveFacet Gradient(int input) => new()
    {
        Inputs = 5, IsStrided = true, Group = "attention gradient", GroupCall = Backward, ProductInputs = [0, 1, 2, 4],
        Broken = v => Broken(v, v.Inputs[4].Shape) ?? Same(v, v.Inputs[input].Shape),
        // The scores and their gradient are counted with the first.
        TotalFlops = v => 2 * Scores(v) * (input == 0 ? 2 * Width(v) + ValueWidth(v)
            : input == 1 ? Width(v) : ValueWidth(v)),
    };

    static long Width(Value value) => value.Inputs[0].Shape[-1].Maximum;

    static long ValueWidth(Value value) => value.Inputs[2].Shape[-1].Maximum;

    static bool IsCausal(Value value) => value.Attributes.Number != 0;

    /// <summary>Scores that are computed.</summary>
    static long Scores(Value value)
    {
        Shape query = value.Inputs[0].Shape;
        long rows = (query.Size / query[-1]).Maximum, keys = value.Inputs[1].Shape[-2].Maximum;
        return IsCausal(value) ? rows * (keys + 1) / 2 : rows * keys;
    }

    static string? Broken(Value value, Shape result)
    {
        (Shape query, Shape key, Shape values) = (value.Inputs[0].Shape, value.Inputs[1].Shape, value.Inputs[2].Shape);
        bool isGood = query.Rank is >= 2 and <= 4 && key.With(-2, query[-2]).Equals(query)
            && values.With(-1, key[-1]).Equals(key) && query.With(-1, values[-1]).Equals(result)
            && (!IsCausal(value) || query[-2] == key[-2]);
        return isGood ? null : $"attends with {query} to {key} and {values}, which gives no {result}";
    }

    static string? Same(Value value, Shape shape) => shape.Equals(value.Shape) ? null : $"is {shape} by its inputs";

    static string Forward(IReadOnlyList<Value> values, Func<Value, string?> address)
    {
        Value any = values[0];
        Value? result = values.FirstOrDefault(v => v.Is(Primitives.Attention));
        Value? logSum = values.FirstOrDefault(v => v.Is(Primitives.AttentionLogSum));
        string[] arguments =
        [
            Sizes(any), .. any.Inputs.Take(3).Select(i => View(i, address(i)!)), View(result, address),
            Pointer(logSum, address),
        ];
        return $"FusedAttention.Forward(Pool,\n    {string.Join(",\n    ", arguments)})";
    }

    static string Backward(IReadOnlyList<Value> values, Func<Value, string?> address)
    {
        Value any = values[0];
        string Asked(Primitive gradient) => View(values.FirstOrDefault(v => v.Is(gradient)), address);
        string[] arguments =
        [
            Sizes(any), .. any.Inputs.Take(3).Select(i => View(i, address(i)!)), address(any.Inputs[3])!,
            View(any.Inputs[4], address(any.Inputs[4])!), Asked(Primitives.AttentionQueryGradient),
            Asked(Primitives.AttentionKeyGradient), Asked(Primitives.AttentionValueGradient),
        ];
        return $"FusedAttention.Backward(Pool,\n    {string.Join(",\n    ", arguments)})";
    }

    static string Sizes(Value value)
    {
        (Shape query, Shape key, Shape values) = (value.Inputs[0].Shape, value.Inputs[1].Shape, value.Inputs[2].Shape);
        (Dim outer, Dim inner) = (query.Rank > 3 ? query[0] : 1, query.Rank > 2 ? query[-3] : 1);
        string scale = ((float)(1 / Math.Sqrt((int)query[-1]))).ToString("R", CultureInfo.InvariantCulture);
        return $"new AttentionShape\n    {{\n        Outer = {outer}, Inner = {inner}, Queries = {query[-2]}, " +
            $"Keys = {key[-2]}, Width = {query[-1]}, ValueWidth = {values[-1]},\n" +
            $"        IsCausal = {(IsCausal(value) ? "true" : "false")}, Scale = {scale}f,\n    }}";
    }

    static string View(Value? value, Func<Value, string?> address) =>
        value is not null && address(value) is { } there ? View(value, there) : "default(MatrixView)";

    static string Pointer(Value? value, Func<Value, string?> address) =>
        value is not null && address(value) is { } there ? there : "null";

    static string View(Value value, string address)
    {
        Dim[] strides = (Strided.Of(value)
            ?? throw new InvalidOperationException($"{value} cannot be read in place.")).Strides;
        int rank = strides.Length;
        string batch = rank < 3 ? "" : rank < 4 ? $"Inner = {strides[0]}, "
            : $"Outer = {strides[0]}, Inner = {strides[1]}, ";
        return $"new MatrixView {{ Data = {address}, {batch}Row = {strides[rank - 2]}, Column = {strides[rank - 1]} }}";
    }
}
