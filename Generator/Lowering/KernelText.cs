using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>
/// What a kernel computes, as a reader would write it down: one line for every value that is written or read more than
/// once, the others inside the expression that needs them, so that every name is an operand or has a line.
/// <code>
/// meanSum = sum(x): [B, T, 1]
/// centered = x - meanSum / 128: [B, T, 128]
/// </code>
/// </summary>
sealed class KernelText
{
    /// <summary>Longer expressions get a line of their own.</summary>
    const int LongestInside = 60;

    const int Primary = 3, Factor = 2, Term = 1, Comparison = 0;

    readonly AddressText addresses;
    readonly List<Value> values;
    readonly HashSet<Value> lines = [];
    readonly HashSet<string> known = [];

    KernelText(List<Value> values, AddressText addresses) => (this.values, this.addresses) = (values, addresses);

    /// <param name="outputs">What is written to memory.</param>
    /// <param name="values">All values of the kernel, in order.</param>
    /// <param name="addresses">What they are called.</param>
    public static List<string> Of(IReadOnlyList<Value> outputs, List<Value> values, AddressText addresses)
    {
        var text = new KernelText(values, addresses);
        Dictionary<Value, int> reads = [];
        foreach (Value input in values.Where(v => v.Op.Kind != PrimitiveKind.View).SelectMany(v => v.Inputs)
            .Select(text.Shown))
            reads[input] = reads.TryGetValue(input, out int count) ? count + 1 : 1;
        foreach (Value value in values.Where(v => v.Op.Kind is not (PrimitiveKind.Source or PrimitiveKind.View)))
            if (outputs.Contains(value) || reads.TryGetValue(value, out int count) && count > 1
                && text.IsComputed(value)
                || text.Expression(value).Text.Length > LongestInside
                    && reads.ContainsKey(value)) text.lines.Add(value);
        text.lines.UnionWith(outputs);
        var written = new List<string>();
        foreach (Value value in values.Where(text.lines.Contains))
        {
            string name = addresses.NameOf(value), expression = text.Expression(value).Text;
            // A view that is written has the name of what it shows.
            if (name == expression || !text.known.Add($"{name} = {expression}")) continue;
            string low = value.Storage.IsLow() && outputs.Contains(value) ? " " + value.Storage.Text() : "";
            written.Add($"{name} = {expression}: {value.Shape}{low}{text.Place(value, outputs)}");
        }
        return written;
    }

    /// <summary>More than a number that stands for itself wherever it is read.</summary>
    bool IsComputed(Value value) => value.Inputs.Length > 0;

    /// <summary>Says so where a result is written over an operand that is read here for the last time.</summary>
    string Place(Value output, IReadOnlyList<Value> outputs)
    {
        if (!outputs.Contains(output) || addresses.PlaceOf(output) is not { } place) return "";
        Value? under = values.SelectMany(v => v.Inputs)
            .Where(i => !values.Contains(i) && i.Op.Kind != PrimitiveKind.Source)
            .FirstOrDefault(i => addresses.PlaceOf(i) is { } other && other.Buffer == place.Buffer
                && other.Terms.SequenceEqual(place.Terms)
                && addresses.NameOf(i) != addresses.NameOf(output));
        return under is null ? "" : $", in place of {addresses.NameOf(under)}";
    }

    /// <summary>The value that views of this kernel show.</summary>
    Value Shown(Value value)
    {
        while (value.Op.Kind == PrimitiveKind.View && value.Inputs.Length > 0
            && !(value.IsStored && !values.Contains(value)) && !lines.Contains(value))
            value = value.Inputs[0];
        return value;
    }

    /// <summary>What a copy in another type is a copy of.</summary>
    (string, int) Expression(Value source, Value copy) =>
        values.Contains(source) && !lines.Contains(source) ? Expression(source)
            : ($"{addresses.NameOf(source)} in {copy.Storage.Text()}", Primary);

    (string Text, int Level) Expression(Value value)
    {
        if (value.Is(Primitives.Constant)) return (CSharpLiteral.Number(value.Attributes.Number).Replace('E', 'e'),
            Primary);
        if (value.Is(Primitives.Value)) return (AddressText.Atom(value.Attributes.Start), Primary);
        if (value.Is(Structure.LossScale)) return ("lossScale", Primary);
        if (value.Is(Primitives.RandomUniform)) return ($"random {value.Attributes.Start}", Factor);
        if (value.Is(Primitives.Range)) return ($"range({value.Attributes.Start})", Primary);
        if (value.Op.Kind == PrimitiveKind.View) return View(value);
        if (value.Is(Structure.Convert)) return Expression(value.Inputs[0], value);
        if (value.Is(Primitives.Add)) return Infix(value, " + ", Term);
        if (value.Is(Primitives.Subtract)) return Infix(value, " - ", Term);
        if (value.Is(Primitives.Multiply)
            && IsMinusOne(value.Inputs[0])) return ("-" + Operand(value.Inputs[1], Primary), Factor);
        if (value.Is(Primitives.Multiply)) return Infix(value, " * ", Factor);
        if (value.Is(Primitives.Divide)) return Infix(value, " / ", Factor);
        if (value.Is(Primitives.LessOrEqual)) return Infix(value, " <= ", Comparison);
        if (value.Is(Primitives.Less)) return Infix(value, " < ", Comparison);
        if (value.Is(Primitives.Equal)) return Infix(value, " == ", Comparison);
        if (value.Is(Primitives.And)) return Infix(value, " & ", Comparison);
        if (value.Is(Primitives.Or)) return Infix(value, " | ", Comparison);
        if (value.Is(Primitives.Not)) return ("!" + Operand(value.Inputs[0], Primary), Primary);
        string inputs = string.Join(", ", value.Inputs.Select(i => Operand(i, Comparison)));
        int[] axes = value.Attributes.Axes;
        bool isOverRows = value.Op.Kind == PrimitiveKind.Reduction
            && !axes.SequenceEqual([value.Inputs[0].Shape.LastEffectiveAxis()]);
        IEnumerable<Dim> lengths = axes.Select(a => value.Inputs[0].Shape[a]).Where(length => length != 1);
        string over = isOverRows ? $", over {string.Join(" and ", lengths)}" : "";
        return ($"{value.Op.Name}({inputs}{over})", Primary);
    }

    static bool IsMinusOne(Value value) => value.Is(Primitives.Constant) && value.Attributes.Number == -1;

    (string, int) Infix(Value value, string sign, int level) =>
        (Operand(value.Inputs[0], level) + sign + Operand(value.Inputs[1], level + 1), level);

    /// <summary>An operand by its name, or computed where it stands.</summary>
    string Operand(Value value, int level)
    {
        bool isInside = value.Op.Kind == PrimitiveKind.Source
            || value.Op.Kind == PrimitiveKind.View && !lines.Contains(value)
                && !(value.IsStored && !values.Contains(value))
            || values.Contains(value) && !lines.Contains(value);
        if (!isInside) return addresses.NameOf(value);
        (string text, int own) = Expression(value);
        return own < level ? $"({text})" : text;
    }

    /// <summary>The same rows, in however many axes, or the same axes but for those of length 1.</summary>
    static bool HasSameRows(Shape a, Shape b) =>
        a.Rank > 0 && b.Rank > 0 && a[-1] == b[-1] && a[-1] != 1 || a.Effective().SequenceEqual(b.Effective());

    /// <summary>What a view shows, and how: transposed, or under other axes.</summary>
    (string, int) View(Value view)
    {
        Value value = view;
        var moves = new List<Value>();
        do
        {
            if (value.Is(Primitives.Permute) || value.Is(Primitives.Slice)) moves.Add(value);
            value = value.Inputs[0];
        }
        while (value.Op.Kind == PrimitiveKind.View && !lines.Contains(value)
            && !(value.IsStored && !values.Contains(value)) && value.Inputs.Length > 0);
        bool isInside = values.Contains(value) && !lines.Contains(value) || value.Op.Kind == PrimitiveKind.Source;
        (string text, int level) = isInside ? Expression(value) : (addresses.NameOf(value), Primary);
        string Closed() => level < Primary ? $"({text})" : text;
        if (moves.Count == 0)
        {
            // Repeated elements, and axes of length 1, change nothing that a reader must know.
            bool isPlain = view.Is(Primitives.BroadcastTo) || value.Inputs.Length == 0 && value.Shape.Rank == 0
                || (value.Op.Kind != PrimitiveKind.Source || view.Shape.Equals(value.Shape))
                    && HasSameRows(view.Shape, value.Shape)
                || values.Contains(view) && view.IsStored;
            return isPlain ? (text, level) : ($"{Closed()} as {view.Shape}", Primary);
        }
        if (moves.Count == 1 && moves[0].Is(Primitives.Slice))
        {
            int axis = moves[0].Attributes.Axes[0];
            Dim start = moves[0].Attributes.Start, end = start + moves[0].Shape[axis];
            IEnumerable<string> ranges = Enumerable.Repeat("..", axis).Append($"{start}..{end}");
            return ($"{Closed()}[{string.Join(", ", ranges)}]", Primary);
        }
        int[] axes = moves[0].Attributes.Axes;
        bool isTransposed = moves.Count == 1 && axes.Length > 1
            && Enumerable.Range(0, axes.Length - 2).All(a => axes[a] == a)
            && (value.Shape.Equals(moves[0].Inputs[0].Shape) || axes.Length == 2
                && HasSameRows(value.Shape, moves[0].Inputs[0].Shape))
            && view.Shape.Equals(moves[0].Shape);
        return (isTransposed ? Closed() + ".T" : $"{Closed()} as {view.Shape}", Primary);
    }
}
