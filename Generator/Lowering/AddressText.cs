using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>Addresses as C# over the generated offset constants and loop indices.</summary>
sealed class AddressText
{
    readonly MemoryPlan plan;
    readonly string buffers;
    readonly Dictionary<Value, string> aliases = [];

    public AddressText(MemoryPlan plan, string buffers)
    {
        (this.plan, this.buffers) = (plan, buffers);
        HashSet<string> names = [.. plan.Buffers.Select(b => b.Name)];
        foreach (KeyValuePair<Value, Address> placed in plan.Addresses.OrderBy(a => a.Key.Id))
        {
            (Value value, Address address) = (placed.Key, placed.Value);
            if (address.Buffer.Kind != BufferKind.Arena || address.Terms.Count > 0 || value.Kernel is null
                && !value.Is(Structure.Carry)) continue;
            string name = BufferNames.Of(value);
            // A variable and the slot that carries it on share a name, and mostly a place.
            bool isKnown = aliases.Any(a => a.Value == name && plan.Addresses[a.Key].Buffer == address.Buffer);
            if (name != address.Buffer.Name && (names.Add(name) || isKnown)) aliases[value] = name;
        }
    }

    /// <summary>Values that are written over another, by the name each has for the same place.</summary>
    public IEnumerable<(string Name, Value Value, Buffer Buffer)> Aliases =>
        aliases.GroupBy(a => a.Value).Select(g => (g.Key, g.First().Key, plan.Addresses[g.First().Key].Buffer));

    /// <summary>What a value is called in comments and kernels.</summary>
    public string NameOf(Value value)
    {
        Value named = BufferNames.Named(value) ?? value;
        if (named.Is(Structure.Input)) return named.Name;
        return Identifiers.Camel(plan.Parameters.TryGetValue(named, out Buffer? offset) ? offset.Name
            : BufferNames.Of(named));
    }

    /// <summary>The address of a value's first element; of a view, of what it shows.</summary>
    public string Of(Value value)
    {
        Strided strided = Strided.Of(value) ?? throw new System.InvalidOperationException(
            $"{value} cannot be read in place.");
        Value stored = strided.Base.Is(Structure.Carried)
            ? strided.Base.Loop!.Carried[strided.Base.Loop.Results.IndexOf(strided.Base)] : strided.Base;
        string address = aliases.TryGetValue(stored, out string? alias)
            ? Cast($"Activations + {buffers}.{alias}", strided.Base.Storage)
            : Of(plan.AddressOf(strided.Base), strided.Base.Storage);
        return strided.Offset == 0 ? address : $"{address} + {Product(strided.Offset)}";
    }

    public string Of(Address address, StorageType storage)
    {
        Buffer buffer = address.Buffer;
        string start = buffer.Kind switch
        {
            BufferKind.Arena => $"Activations + {buffers}.{buffer.Name}",
            BufferKind.Parameter => $"Parameters + Offsets.{buffer.Name}",
            BufferKind.Gradient => $"Gradients + Offsets.{buffer.Name}",
            _ => Infrastructure.CSharpLiteral.Identifier(buffer.Name),
        };
        // (nint) first: a product over all layers may be more than an int holds.
        string terms = string.Concat(address.Terms.Select(t => t.Loop is null
            ? t.Place == 0 ? "" : $" + (nint){t.Place} * {Product(t.Stride)}"
            : $" + (nint){(t.Place == 0 ? t.Loop.Index : $"({t.Loop.Index} + {t.Place})")} * {Product(t.Stride)}"));
        if (storage.IsLow()) return Cast(start, storage) + terms;   // terms count elements, offsets words
        return buffer.Kind == BufferKind.Arena ? Cast(start + terms, storage) : start + terms;
    }

    static string Cast(string address, StorageType storage) =>
        storage == StorageType.Float32 ? address : $"({storage.CSharp()}*)({address})";

    /// <summary>Where fp32 copies of operands lie for the length of one call.</summary>
    public string Scratch(long offset) =>
        $"Activations + {buffers}.Scratch" + (offset == 0 ? "" : $" + {offset}");

    /// <summary>Whether scales follow from the steps before, rather than from the very numbers.</summary>
    public bool KeepsScales { get; set; }

    /// <summary>Where the scale of an operand in 8 bits is, or the first of those of a tensor of layers.</summary>
    public string ScaleOf(Value operand) => $"Activations + {buffers}.Scales + {ScaleNumber(operand)}";

    /// <summary>What a trainer keeps for the scales of a tensor.</summary>
    public string ScaleState(Value operand) => !KeepsScales ? "null"
        : $"Float8State + ({ScaleNumber(operand)}) * Float8Scaling.StateLength";

    static string ScaleNumber(Value operand)
    {
        var layers = new List<string>();
        Value value = operand;
        for (; !value.Is(Structure.Quantize); value = value.Inputs[0])
            if (value.Is(Structure.At)) layers.Insert(0, value.Loop!.Index);
            else if (value.Is(Structure.Pick)) layers.Insert(0, value.Attributes.Axes[0].ToString());
        int depth = value.Attributes.Axes[0];
        string number = value.Attributes.Start.ToString();
        // Row-major over the stacked axes; what is read whole starts at the first.
        long stride = 1;
        for (int axis = depth - 1; axis >= 0; axis--)
        {
            if (axis < layers.Count) number += $" + {layers[axis]}{(stride == 1 ? "" : $" * {stride}")}";
            stride *= value.Shape[axis].Constant;
        }
        for (Region? around = value.Region; around?.Owner is { } loop; around = around.Parent)
        {
            if (!loop.Count.IsConstant) continue;
            number += $" + {loop.Index}{(stride == 1 ? "" : $" * {stride}")}";
            stride *= loop.Count.Constant;
        }
        return number;
    }

    /// <summary>Where a value lies, if it has memory.</summary>
    public Address? PlaceOf(Value value) => Strided.Of(value) is { } strided
        && (strided.Base.IsStored || strided.Base.Op.Kind == PrimitiveKind.Structure)
            && strided.Base.Op.Kind != PrimitiveKind.Source
        ? plan.AddressOf(strided.Base) : null;

    /// <summary>Whether a value's first element is a multiple of so many elements from the start of aligned memory.
    /// </summary>
    public bool IsMultipleOf(Value value, int elements) => Strided.Of(value) is { } strided
        && strided.Offset.IsMultipleOf(elements)
        && (PlaceOf(value) is not { } place || place.Terms.All(t => (t.Loop is null ? t.Stride * t.Place : t.Stride)
            .IsMultipleOf(elements)));

    /// <summary>
    /// A length as a factor, or as an operand of a comparison: only sums and quotients need parentheses.
    /// </summary>
    public static string Product(Dim dim)
    {
        string text = dim.ToString();
        return text.Any(c => c is '+' or '-' or '/') ? $"({text})" : text;
    }

    /// <summary>A length that something is divided by.</summary>
    public static string Atom(Dim dim)
    {
        string text = dim.ToString();
        return text.Contains(' ') ? $"({text})" : text;
    }
}
