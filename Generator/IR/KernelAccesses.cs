using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>All reads and writes of a kernel, found by walking from its roots.</summary>
sealed class KernelAccesses
{
    readonly Kernel kernel;
    readonly int rank;
    readonly Dictionary<Value, Value> unstored = [];

    /// <param name="kernel">Whose.</param>
    /// <param name="values">Its values, in order.</param>
    /// <param name="outside">One of its values that is read from memory as if another kernel had written it.</param>
    public KernelAccesses(Kernel kernel, IReadOnlyList<Value> values, Value? outside = null)
    {
        (this.kernel, rank, Outside) = (kernel, kernel.Space.Rank, outside);
        foreach (Value value in values)
            if (value.Op.Kind == PrimitiveKind.Reduction || kernel.Outputs.Contains(value)) Root(value);
    }

    /// <summary>A value of the kernel that is read from memory as if another had written it.</summary>
    public Value? Outside { get; }

    public Dictionary<(Value, string), KernelAccess> All { get; } = [];

    /// <summary>Axes that some value's numbers depend on, so that they cannot be merged with others.</summary>
    public HashSet<int> Pinned { get; } = [];

    void Root(Value value)
    {
        AxisMap map = RootMap(value);
        if (kernel.Outputs.Contains(value) && AxisMap.CutsAnew(value))
            All[(value, map.ToString())] = KernelAccess.InOrder(value, AxisMap.SpaceOf(value), map, rank);
        else if (kernel.Outputs.Contains(value)) Add(value, map);
        if (kernel.Outputs.Contains(value) && value.Is(Primitives.Slice)) Add(Unstored(value), map);
        for (int i = 0; i < value.Inputs.Length; i++) Visit(value.Inputs[i], InputMap(value, i, map));
        Pin(value, map);
    }

    /// <summary>
    /// A slice that the kernel itself writes, as a view of what it is a slice of: where its elements are read.
    /// </summary>
    public Value Unstored(Value slice)
    {
        if (unstored.TryGetValue(slice, out Value? known)) return known;
        return unstored[slice] = new Value(slice.Id, slice.Op, slice.Shape, slice.Type, slice.Region, slice.Inputs,
            slice.Attributes) { Name = slice.Inputs[0].Name, Storage = slice.Inputs[0].Storage };
    }

    readonly HashSet<(Value, string)> visited = [];

    void Visit(Value value, AxisMap? map)
    {
        if (map is null) return;
        if (value.Kernel != kernel || value == Outside)
        {
            Add(value, map);
            return;
        }
        if (value.Op.Kind == PrimitiveKind.Reduction) return;
        if (kernel.Outputs.Contains(value)) return;
        if (!visited.Add((value, map.ToString()))) return;
        Pin(value, map);
        AxisMap?[] maps = [.. value.Inputs.Select((_, i) => InputMap(value, i, map))];
        if (maps.Any(m => m is null)) Add(value, map);
        else
            for (int i = 0; i < maps.Length; i++) Visit(value.Inputs[i], maps[i]);
    }

    void Pin(Value value, AxisMap map)
    {
        if (value.Is(Primitives.Range) && map.Axes[0] >= 0) Pinned.Add(map.Axes[0]);
        // Not memory, but stepped through alike: the place in it is what a number is drawn by.
        if (value.Is(Primitives.RandomUniform))
            All[(value, map.ToString())] = KernelAccess.InOrder(value, value.Shape, map, rank);
    }

    void Add(Value value, AxisMap map)
    {
        if (value.Op.Kind != PrimitiveKind.Source || value.Kernel is not null && value.IsStored)
            All[(value, map.ToString())] = KernelAccess.Of(value, map, rank);
    }

    /// <summary>Where an output stands in the kernel's space; a reduction's own axes have no place in it.</summary>
    public AxisMap RootMap(Value value)
    {
        bool reduces = value.Op.Kind == PrimitiveKind.Reduction;
        Shape shape = AxisMap.SpaceOf(value);
        int next = 0;
        return new([.. Enumerable.Range(0, shape.Rank).Select(a =>
        {
            int axis = shape[a] == 1 ? -1 : next++;
            return reduces && value.Attributes.Axes.Contains(a) ? -1 : axis;
        })]);
    }

    /// <summary>The map of an input; a reduction reads all of its space.</summary>
    public AxisMap? InputMap(Value value, int index, AxisMap map)
    {
        bool isRootReshape = AxisMap.CutsAnew(value) && kernel.Outputs.Contains(value);
        if (value.Op.Kind != PrimitiveKind.Reduction && !isRootReshape) return map.OfInput(value, index);
        int next = 0;
        return new([.. value.Inputs[0].Shape.Dims.Select(d => d == 1 ? -1 : next++)]);
    }
}
