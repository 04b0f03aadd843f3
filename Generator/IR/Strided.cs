using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// Where the elements of a value are: in the memory of <see cref="Base"/>, one stride an axis, counted in elements. A
/// view is only this.
/// </summary>
sealed record Strided(Value Base, Dim[] Strides, Dim Offset)
{
    /// <summary>
    /// Follows views down to the value that has memory; null where a reshape cannot be said in strides.
    /// </summary>
    /// <param name="value">A view or a value with memory.</param>
    /// <param name="stored">Before kernels are formed: the views that are to have memory of their own.</param>
    public static Strided? Of(Value value, HashSet<Value>? stored = null)
    {
        if (value.Op.Kind != PrimitiveKind.View || value.IsStored || stored?.Contains(value) == true)
            return new(value, Contiguous(value), 0);
        if (Of(value.Inputs[0], stored) is not { } source) return null;
        Shape from = value.Inputs[0].Shape;
        if (value.Is(Primitives.Permute))
            return source with { Strides = [.. value.Attributes.Axes.Select(a => source.Strides[a])] };
        if (value.Is(Primitives.Slice))
            return source with { Offset = source.Offset +
                value.Attributes.Start * source.Strides[value.Attributes.Axes[0]] };
        if (value.Is(Primitives.BroadcastTo)) return source with { Strides = Broadcast(from, source.Strides,
            value.Shape) };
        if (value.Is(Primitives.Reshape))
            return Reshape(from, source.Strides, value.Shape) is { } strides ? source with { Strides = strides } : null;
        return source;
    }

    /// <summary>The strides of a value that has memory, in the order of its axes.</summary>
    static Dim[] Contiguous(Value value)
    {
        var strides = new Dim[value.Shape.Rank];
        Dim stride = 1;
        foreach (int axis in (value.Layout ?? Enumerable.Range(0, strides.Length)).Reverse())
        {
            strides[axis] = stride;
            stride *= value.Shape[axis];
        }
        return strides;
    }

    /// <summary>Strides for a shape that another broadcasts to: 0 along what is repeated.</summary>
    public static Dim[] Broadcast(Shape from, Dim[] strides, Shape to)
    {
        int extra = to.Rank - from.Rank;
        return [.. Enumerable.Range(0, to.Rank)
            .Select(a => a < extra || from[a - extra] == 1 && to[a] != 1 ? 0 : strides[a - extra])];
    }

    /// <summary>Splits and merges axes; merging needs them to lie one inside the other.</summary>
    static Dim[]? Reshape(Shape from, Dim[] strides, Shape to)
    {
        List<(Dim Length, Dim Stride)> source = [.. from.Dims.Zip(strides, (d, s) => (d, s)).Where(p => p.d != 1)];
        var result = new Dim[to.Rank];
        int at = source.Count - 1;
        // From the innermost axis out: `left` is what remains of the source axis being consumed.
        Dim left = 1, stride = 1;
        for (int axis = to.Rank - 1; axis >= 0; axis--)
        {
            if (to[axis] == 1)
            {
                result[axis] = 0;
                continue;
            }
            if (left == 1)
            {
                if (at < 0) return null;
                (left, stride) = source[at--];
            }
            // Merge further source axes while this one is longer than what is left.
            while (!left.IsMultipleOf(to[axis]))
            {
                if (at < 0 || source[at].Stride != stride * left) return null;
                left *= source[at--].Length;
            }
            result[axis] = stride;
            stride *= to[axis];
            left /= to[axis];
        }
        return result;
    }

    /// <summary>Whether the elements lie in order without gaps.</summary>
    public bool IsContiguous(Shape shape)
    {
        Dim expected = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (shape[axis] == 1) continue;
            if (Strides[axis] != expected) return false;
            expected *= shape[axis];
        }
        return true;
    }
}
