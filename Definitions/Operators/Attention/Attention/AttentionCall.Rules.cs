using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using ModelCompiler.IR;

namespace ModelCompiler;

/// <summary>The facets of attention, of its rows' sums and of its gradients, and the calls they become.</summary>
static class AttentionCall
{
    /// <summary>Inputs that there may be: key lengths, documents, bias.</summary>
    const int Optional = 3;

    public static PrimitiveFacet LogSum { get; } = new()
    {
        Inputs = 3, OptionalInputs = Optional, IsInteger = IsInteger, IsStrided = true, Group = "attention",
        GroupCall = Forward, ProductInputs = _ => [0, 1, 2], IsStatistic = true,
        Broken = v => AttentionForm.Of(v).Broken(0) ?? Same(v, v.Inputs[0].Shape.With(-1, 1)),
        TotalFlops = v => 3 * AttentionForm.Of(v).Scores,
    };

    public static PrimitiveFacet Result { get; } = new()
    {
        Inputs = 4, OptionalInputs = Optional, IsInteger = IsInteger, IsStrided = true, Group = "attention",
        GroupCall = Forward, ProductInputs = _ => [0, 1, 2],
        Broken = v => AttentionForm.Of(v).Broken(1)
            ?? Same(v, v.Inputs[0].Shape.With(-1, AttentionForm.Of(v).ValueWidth)),
        TotalFlops = v => 2 * AttentionForm.Of(v).Scores * (Width(v) + ValueWidth(v)),
    };

    /// <param name="input">Of the attention, whose gradient it is.</param>
    public static PrimitiveFacet Gradient(int input) => new()
    {
        Inputs = 6, OptionalInputs = Optional, IsInteger = IsInteger, IsStrided = true, Group = "attention gradient",
        GroupCall = Backward, ProductInputs = v => [0, 1, 2, AttentionForm.Of(v).Count + 1],
        Broken = v => AttentionForm.Of(v).Broken(3) ?? Same(v, v.Inputs[input].Shape),
        // The scores and their gradient are counted with the first.
        TotalFlops = v => 2 * AttentionForm.Of(v).Scores * (input == 0 ? 2 * Width(v) + ValueWidth(v)
            : input == 1 ? Width(v) : ValueWidth(v)),
    };

    public static PrimitiveFacet BiasGradient { get; } = new()
    {
        Inputs = 7, OptionalInputs = Optional - 1, IsInteger = IsInteger, IsStrided = true,
        Group = "attention gradient", GroupCall = Backward,
        ProductInputs = v => [0, 1, 2, AttentionForm.Of(v).Count + 1],
        Broken = v => AttentionForm.Of(v).Broken(3) ?? (AttentionForm.Of(v).Bias is { } bias
            ? Same(v, bias.Shape) : "is the gradient of a bias that is not there"),
        // The scores and their gradient once more.
        TotalFlops = v => 2 * AttentionForm.Of(v).Scores * (Width(v) + ValueWidth(v)),
    };

    static bool IsInteger(Value value, int input) => AttentionForm.Of(value).IsInteger(input);

    static long Width(Value value) => AttentionForm.Of(value).Width.Maximum;

    static long ValueWidth(Value value) => AttentionForm.Of(value).ValueWidth.Maximum;

    static string? Same(Value value, Shape shape) => shape.Equals(value.Shape) ? null : $"is {shape} by its inputs";

    static string Forward(IReadOnlyList<Value> values, Func<Value, string?> address)
    {
        AttentionForm form = AttentionForm.Of(values[0]);
        Value? result = values.FirstOrDefault(v => v.Is(Primitives.Attention));
        Value? logSum = values.FirstOrDefault(v => v.Is(Primitives.AttentionLogSum));
        string[] arguments =
        [
            Sizes(form), View(form.Query, address), View(form.Key, address), View(form.Values, address),
            View(result, address), Pointer(logSum, address),
            .. Extras(values[0], form, null, address, isBackward: false),
        ];
        return $"FusedAttention.Forward(Pool,\n    {string.Join(",\n    ", arguments)})";
    }

    static string Backward(IReadOnlyList<Value> values, Func<Value, string?> address)
    {
        AttentionForm form = AttentionForm.Of(values[0]);
        Value? Asked(Primitive gradient) => values.FirstOrDefault(v => v.Is(gradient));
        string[] arguments =
        [
            Sizes(form), View(form.Query, address), View(form.Key, address), View(form.Values, address),
            address(form.LogSum)!, View(form.ResultGradient, address),
            View(Asked(Primitives.AttentionQueryGradient), address),
            View(Asked(Primitives.AttentionKeyGradient), address),
            View(Asked(Primitives.AttentionValueGradient), address),
            .. Extras(values[0], form, Asked(Primitives.AttentionBiasGradient), address, isBackward: true),
        ];
        return $"FusedAttention.Backward(Pool,\n    {string.Join(",\n    ", arguments)})";
    }

    static string Sizes(AttentionForm form)
    {
        string keyHeads = form.KeyHeads == form.Heads ? "" : $"KeyHeads = {form.KeyHeads}, ";
        string causal = form.IsCausal ? "true" : "false";
        string window = form.Window > 0 ? $"Window = {Number(form.Window)}, " : "";
        return $"new AttentionShape\n    {{\n        Outer = {form.Outer}, Inner = {form.Heads}, {keyHeads}" +
            $"Queries = {form.Queries}, Keys = {form.Keys}, Width = {form.Width}, ValueWidth = {form.ValueWidth},\n" +
            $"        IsCausal = {causal}, {window}Scale = {Number((float)form.Scale)}f,\n" +
            "    }";
    }

    /// <summary>The last argument, where it is needed.</summary>
    static IEnumerable<string> Extras(Value value, AttentionForm form, Value? biasGradient,
        Func<Value, string?> address, bool isBackward)
    {
        var fields = new List<string>();
        if (isBackward) fields.Add($"Result = {View(form.Result, address)}");
        if (form.KeyLengths is { } lengths) fields.Add($"KeyLengths = {address(lengths)}");
        if (form.Documents is { } documents) fields.Add($"Documents = {address(documents)}");
        if (form.Bias is { } bias) fields.Add($"Bias = {View(bias, address, isRepeated: true)}");
        if (biasGradient is not null && address(biasGradient) is not null)
            fields.Add($"BiasGradient = {View(biasGradient, address, isRepeated: true)}");
        if (form.Dropout > 0)
        {
            fields.Add($"Dropout = {Number(form.DropoutThreshold)}f, Draw = {Draw(value, form)}");
            fields.Add("RandomKey0 = RandomKey0, RandomKey1 = RandomKey1");
        }
        if (fields.Count == 0) yield break;
        yield return $"new AttentionExtras\n    {{\n        {string.Join(",\n        ", fields)},\n    }}";
    }

    /// <summary>The number of the draw, loops around it by the names of their indices.</summary>
    static string Draw(Value value, AttentionForm form)
    {
        string text = form.Draw.ToString();
        for (Region? region = value.Region; region is not null; region = region.Parent)
            if (region.Owner is { } loop)
                text = Regex.Replace(text, $@"\b{Regex.Escape(loop.Symbol.Name)}\b", loop.Index);
        return text;
    }

    static string Number(IFormattable number) => number.ToString(number is float ? "R" : null,
        CultureInfo.InvariantCulture);

    static string View(Value? value, Func<Value, string?> address, bool isRepeated = false) =>
        value is not null && address(value) is { } there ? View(value, there, isRepeated) : "default(MatrixView)";

    static string Pointer(Value? value, Func<Value, string?> address) =>
        value is not null && address(value) is { } there ? there : "null";

    static string View(Value value, string address, bool isRepeated)
    {
        (Dim outer, Dim inner, Dim row, Dim column) = AttentionForm.Strides(value, isRepeated);
        int rank = value.Shape.Rank;
        string batch = (rank < 4 ? "" : $"Outer = {outer}, ") + (rank < 3 ? "" : $"Inner = {inner}, ");
        return $"new MatrixView {{ Data = {address}, {batch}Row = {row}, Column = {column} }}";
    }
}
