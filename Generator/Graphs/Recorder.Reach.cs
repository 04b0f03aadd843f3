using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>
/// How a gradient gets at forward values: by reading them where they are, from a stack, or by recording them again.
/// </summary>
sealed partial class Recorder
{
    /// <summary>Values brought into a region already: a source is read or recorded again once per region.</summary>
    readonly Dictionary<(Region, Value), Value> imported = [];

    /// <summary>While the gradient is recorded: values with a smaller number are the forward pass's.</summary>
    public int FirstBackwardId { get; set; } = int.MaxValue;

    /// <summary>
    /// Makes a value usable in a region. Enclosing regions are in reach; the body of a forward loop is in reach of its
    /// gradient loop through a saved [count, ..] stack. What costs little is recorded again instead of kept.
    /// </summary>
    Value Reach(Value value, Region region)
    {
        bool isForward = value.Id < FirstBackwardId && FirstBackwardId != int.MaxValue;
        if (region.IsInside(value.Region))
            return isForward && IsRecomputed(value) ? Again(value, value.Region) : value;
        Region gradient = region;
        while (gradient.Owner?.Forward?.Body != value.Region)
            gradient = gradient.Parent ?? throw new InvalidOperationException(
                $"{value} is out of reach of the region that reads it.");
        if (value.Is(Structure.At)) return At(Reach(value.Inputs[0], gradient.Parent!), gradient);
        if (IsRecomputed(value)) return Again(value, gradient);
        return At(Reach(Stack(gradient.Owner!.Forward!, value), gradient.Parent!), gradient);
    }

    /// <summary>
    /// Matrix products, reductions, gathers and loop carries are saved; elementwise values, views and sources are
    /// recorded again. A product with its bias added is saved instead of the bare product, and where it is added to
    /// something of its shape and read nowhere else, that sum: it is what the product's kernel writes, and all its
    /// readers want it.
    /// </summary>
    bool IsRecomputed(Value value) => value.Op.Kind switch
    {
        PrimitiveKind.Elementwise => !ProductSums.IsKept(value, ForwardReaders),
        PrimitiveKind.View or PrimitiveKind.Source => true,
        _ => value.Is(Structure.Pick),
    };

    /// <summary>How many values of the forward pass read one.</summary>
    int ForwardReaders(Value value)
    {
        forwardReaders ??= Graph.Readers();
        return forwardReaders.TryGetValue(value, out List<Value>? list)
            ? list.Count(r => r.Id < FirstBackwardId) : 0;
    }

    Dictionary<Value, List<Value>>? forwardReaders;

    Value Again(Value value, Region region)
    {
        if (imported.TryGetValue((region, value), out Value? known)) return known;
        Value copy = In(region, () =>
        {
            Value[] inputs = [.. value.Inputs.Select(i => Reach(i, region))];
            Value again = Append(value.Op, value.Attributes, value.Shape, value.Type, inputs);
            (again.Name, again.Source, again.Scope) = (value.Name, value.Source, value.Scope);
            again.Precision = value.Precision;
            return again;
        });
        return imported[(region, value)] = copy;
    }

    /// <summary>This iteration's slice of a [count, ..] value, read once per region.</summary>
    Value At(Value stacked, Region region)
    {
        if (imported.TryGetValue((region, stacked), out Value? known)) return known;
        return imported[(region, stacked)] = In(region, () =>
        {
            Value at = AppendStructure(Structure.At, stacked.Shape.Tail, stacked.Type, stacked);
            (at.Loop, at.Name, at.Source, at.Scope) = (region.Owner, stacked.Name, stacked.Source, stacked.Scope);
            (at.NeedsGradient, at.Precision) = (stacked.NeedsGradient, stacked.Precision);
            return at;
        });
    }

    /// <summary>Records into an enclosing region, before the loop that is open there.</summary>
    Value In(Region region, Func<Value> record)
    {
        (Region previous, Value? previousBefore) = (Region, before);
        for (Region inner = Region; inner != region; inner = inner.Parent!) before = inner.Owner!.Node;
        Region = region;
        Value value = record();
        (Region, before) = (previous, previousBefore);
        return value;
    }
}
