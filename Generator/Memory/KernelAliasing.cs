using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>
/// Whether a kernel may write a result where something lies that it reads: the reads must come to the result's very
/// place, no later than it is written. Strides are carried from what is read to what is computed of it;
/// <see cref="KernelAccesses"/>, by which plans and loops are made, goes the other way.
/// </summary>
sealed class KernelAliasing
{
    readonly Kernel kernel;
    readonly Value over;
    readonly Dictionary<Value, List<Strided>> reads = [];

    KernelAliasing(Kernel kernel, Value over) => (this.kernel, this.over) = (kernel, over);

    /// <summary>Why not; null if it may.</summary>
    /// <param name="kernel">Reads and writes.</param>
    /// <param name="values">Of the kernel, in order.</param>
    /// <param name="result">One of its outputs.</param>
    /// <param name="over">Has the same memory as the result, and is read.</param>
    public static string? Broken(Kernel kernel, List<Value> values, Value result, Value over)
    {
        if (kernel.Kind is KernelKind.Single or KernelKind.Columns) return "which it reads in an order of its own";
        var aliasing = new KernelAliasing(kernel, over);
        Dim[] written = aliasing.Written(result);
        // A product's tiles pass over their memory several times.
        bool isProduct = kernel.Kind == KernelKind.MatMul;
        if (isProduct && (result == values[0] || values[0].Inputs.Any(i => aliasing.Shows(i))))
            return "which the product reads or is gathered in";
        var passes = new RowPasses(values);
        bool isElement = written.Length > 0 && written[written.Length - 1] != 0;
        foreach (Value root in values.Where(v => v.Op.Kind == PrimitiveKind.Reduction || kernel.Outputs.Contains(v)))
        {
            if (isProduct && root == values[0]) continue;
            foreach (Strided read in aliasing.OfInputs(root, isRoot: true))
            {
                Dim[] strides = aliasing.InSpace(SpaceOf(root), read.Strides);
                if (read.Offset != 0 || !strides.SequenceEqual(written))
                    return $"which {root} reads elsewhere than it is written";
                if (isElement && passes.Of(root) > passes.Of(result))
                    return $"which {root} reads again after it is written";
            }
        }
        return null;
    }

    bool Shows(Value value) => value == over || value.Op.Kind == PrimitiveKind.View && !value.IsStored
        && value.Inputs.Length > 0 && Shows(value.Inputs[0]);

    /// <summary>
    /// The shape that a root's elements, or those it reduces, are walked in. Said again here on purpose: a check that
    /// shared the planner's words would share its mistakes.
    /// </summary>
    static Shape SpaceOf(Value root) =>
        root.Op.Kind == PrimitiveKind.Reduction || CutsAnew(root) ? root.Inputs[0].Shape : root.Shape;

    static bool CutsAnew(Value value) =>
        value.Is(Primitives.Reshape) && !value.Shape.Effective().SequenceEqual(value.Inputs[0].Shape.Effective());

    /// <summary>The result's strides along the kernel's axes.</summary>
    Dim[] Written(Value result)
    {
        if (result.Op.Kind != PrimitiveKind.Reduction)
            return InSpace(SpaceOf(result), Contiguous(SpaceOf(result), result.Layout));
        Shape input = result.Inputs[0].Shape;
        return InSpace(input, Strided.Broadcast(result.Shape, Contiguous(result.Shape, result.Layout), input));
    }

    static Dim[] Contiguous(Shape shape, int[]? layout)
    {
        var strides = new Dim[shape.Rank];
        Dim stride = 1;
        foreach (int axis in (layout ?? [.. Enumerable.Range(0, shape.Rank)]).Reverse())
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    /// <summary>Without the axes of length 1; a value of fewer axes is the same all along the rest.</summary>
    Dim[] InSpace(Shape shape, Dim[] strides)
    {
        List<Dim> effective = [.. Enumerable.Range(0, shape.Rank).Where(a => shape[a] != 1).Select(a => strides[a])];
        while (effective.Count < kernel.Space.Rank) effective.Add(0);
        return [.. effective];
    }

    /// <summary>How the memory is read for one element of a value, by its axes.</summary>
    List<Strided> Of(Value value)
    {
        if (reads.TryGetValue(value, out List<Strided>? known)) return known;
        // A reshape that cuts axes anew can only be read in memory.
        return reads[value] = !CutsAnew(value) ? OfInputs(value, isRoot: false) : Shows(value) ? [Strided.Of(value)!]
            : [];
    }

    List<Strided> OfInputs(Value value, bool isRoot)
    {
        var found = new List<Strided>();
        foreach (Value input in value.Inputs)
        {
            if (input.Kernel == kernel
                && (input.Op.Kind == PrimitiveKind.Reduction || kernel.Outputs.Contains(input))) continue;
            bool isLeaf = input.Kernel != kernel;
            if (isLeaf && !Shows(input)) continue;
            List<Strided> inner = isLeaf ? [Strided.Of(input)!] : Of(input);
            foreach (Strided r in inner)
            {
                Dim[] strides = Through(value, input.Shape, r.Strides, isRoot);
                Dim offset = r.Offset + Shift(value, r.Strides);
                // Once each: what is used twice at every step of a chain would be read in ever more ways.
                if (!found.Any(f => f.Offset == offset && f.Strides.SequenceEqual(strides)))
                    found.Add(r with { Strides = strides, Offset = offset });
            }
        }
        return found;
    }

    static Dim Shift(Value value, Dim[] strides) =>
        value.Is(Primitives.Slice) ? value.Attributes.Start * strides[value.Attributes.Axes[0]] : 0;

    static Dim[] Through(Value value, Shape from, Dim[] strides, bool isRoot)
    {
        if (value.Op.Kind == PrimitiveKind.Reduction || isRoot && CutsAnew(value)) return strides;
        if (value.Is(Primitives.Permute)) return [.. value.Attributes.Axes.Select(a => strides[a])];
        if (value.Is(Primitives.Slice)) return strides;
        if (!value.Is(Primitives.Reshape)) return Strided.Broadcast(from, strides, value.Shape);
        var kept = new Queue<Dim>(Enumerable.Range(0, from.Rank).Where(a => from[a] != 1).Select(a => strides[a]));
        return [.. value.Shape.Dims.Select(d => d == 1 ? 0 : kept.Dequeue())];
    }
}
