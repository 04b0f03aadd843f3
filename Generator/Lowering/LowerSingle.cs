using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>
/// Lowers operations that are one call of a runtime routine: gathers, scatters, paddings, concatenations, and
/// those whose folder says which.
/// </summary>
static class LowerSingle
{
    public static Call Run(Kernel kernel, List<Value> values, string source, IReadOnlyList<string> notes,
        AddressText addresses, bool isOnCuda = false)
    {
        if (values[0].Is(Structure.Quantize)) return Quantize(values[0], source, notes, addresses);
        bool isNative = isOnCuda && IsOfOneType(kernel, values);
        // There sums of scattered rows are fp32, whatever the rows are.
        var widened = new WidenOperands(kernel, values, addresses, reads: !isNative,
            writes: !isNative || values[0].Is(Primitives.ScatterAdd));
        if (values[values.Count - 1].Op.Facet.GroupCall is not { } call)
            return Run(values[values.Count - 1], source, [.. notes, .. widened.Notes], widened);
        return new Call(source, [.. notes, .. widened.Notes], widened.Around(call(values,
            v => v.Kernel == kernel && !kernel.Outputs.Contains(v) ? null : widened.Of(v))));
    }

    /// <summary>Whether all tensors of a routine are stored alike, statistics of rows apart: then a device computes
    /// with them as they are.</summary>
    static bool IsOfOneType(Kernel kernel, List<Value> values) =>
        values[0].Op.Facet.GroupCall is null && values[0].Op.Facet.ProductInputs(values[0]).Count > 0
        || values.SelectMany(v => v.Inputs)
        .Where(i => i.Kernel != kernel).Concat(kernel.Outputs)
        .Where(v => v.Type == ElementType.Float32 && !v.Op.Facet.IsStatistic
            && !(Strided.Of(v)?.Base is { } stored && IsRowStatistic(stored, values)))
        .Select(v => v.Storage).Distinct().Count() <= 1;

    /// <summary>An operand that has one number a row: the logarithms of attention's sums, in their stack too.</summary>
    static bool IsRowStatistic(Value operand, List<Value> values) =>
        values[0].Op.Facet.GroupCall is not null && operand.Shape.Rank > 0 && operand.Shape[-1] == 1
        && values.All(v => v.Inputs.Length > 3);

    static Call Quantize(Value value, string source, IReadOnlyList<string> notes, AddressText addresses)
    {
        Dim tensors = value.Shape.Dims.Take(value.Attributes.Axes[0]).Aggregate((Dim)1, (a, b) => a * b);
        return new Call(source, [.. notes, $"times {(tensors == 1 ? "a scale" : $"{tensors} scales")} by the largest " +
            $"magnitude{(addresses.KeepsScales ? " of the last steps" : "")}"],
            $"Float8Scaling.Quantize(Pool, {addresses.Of(value.Inputs[0])}, {addresses.Of(value)}, {tensors}, " +
            $"{value.Shape.Size / tensors}, {addresses.ScaleOf(value)}, {addresses.ScaleState(value)})");
    }

    static Call Run(Value value, string source, IReadOnlyList<string> notes, WidenOperands operands)
    {
        string In(int index) => operands.Of(value.Inputs[index]);
        string result = operands.Of(value);
        string L(Dim dim) => dim.ToString();
        string text;
        if (value.Is(Primitives.Gather))
            text = $"Rows.Gather(Pool, {In(0)}, {In(1)}, {result}, {L(value.Inputs[1].Shape.Size)}, " +
                $"{L(value.Shape[-1])}{(IsChecked(value.Inputs[1]) ? "" : $", {L(value.Inputs[0].Shape[0])}")})";
        else if (value.Is(Primitives.ScatterAdd))
            text = $"Rows.ScatterAdd(Pool, {In(0)}, {In(1)}, {result}, {L(value.Inputs[1].Shape.Size)}, " +
                $"{L(value.Shape[-1])}, {L(value.Shape[0])})";
        else if (value.Is(Structure.Place))
            text = $"Rows.Place(Pool, {In(0)}, {result}, {L(value.Inputs[0].Shape.Size)}, " +
                $"{value.Attributes.Axes[0]}, {L(value.Shape[0])})";
        else if (value.Is(Primitives.Pad))
        {
            int axis = value.Attributes.Axes[0];
            (Dim outer, Dim inner) = Around(value.Shape, axis);
            text = $"Rows.Pad(Pool, {In(0)}, {result}, {L(outer)}, {L(value.Inputs[0].Shape[axis] * inner)}, " +
                $"{L(value.Attributes.Start * inner)}, {L(value.Shape[axis] * inner)})";
        }
        else if (value.Is(Primitives.Concatenate))
        {
            int axis = value.Attributes.Axes[0];
            (Dim outer, Dim inner) = Around(value.Shape, axis);
            Dim start = 0;
            var calls = new List<string>();
            for (int i = 0; i < value.Inputs.Length; i++)
            {
                Dim length = value.Inputs[i].Shape[axis];
                calls.Add($"Rows.Insert(Pool, {In(i)}, {result}, {L(outer)}, {L(length * inner)}, " +
                    $"{L(start * inner)}, {L(value.Shape[axis] * inner)})");
                start += length;
            }
            text = string.Join(";\n", calls);
        }
        else if (value.Op.Facet.Call is { } call)
            text = call(value, [.. value.Inputs.Select(operands.Of)], result);
        else throw new System.InvalidOperationException($"{value.Op.Name} has no lowering for the CPU.");
        return new Call(source, notes, operands.Around(text));
    }

    /// <summary>
    /// Whether rows were checked where they entered, or are known to be in the table: computed ones are checked when
    /// they are looked up.
    /// </summary>
    static bool IsChecked(Value rows) => rows.Is(Structure.Input) || rows.Is(Primitives.Range)
        || (rows.Op.Kind == PrimitiveKind.View || rows.Is(Structure.At)) && IsChecked(rows.Inputs[0]);

    static (Dim Outer, Dim Inner) Around(Shape shape, int axis) =>
        (shape.Dims.Take(axis).Aggregate((Dim)1, (a, b) => a * b),
            shape.Dims.Skip(axis + 1).Aggregate((Dim)1, (a, b) => a * b));
}
