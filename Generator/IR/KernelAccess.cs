namespace ModelCompiler.IR;

/// <summary>
/// How a kernel reads or writes one value: a stride for each axis of the kernel's space, in elements.
/// </summary>
sealed record KernelAccess(Value Value, Dim[] Strides)
{
    public static KernelAccess Of(Value value, AxisMap map, int rank)
    {
        Strided strided = Strided.Of(value) ?? throw new System.InvalidOperationException(
            $"{value} cannot be read in place.");
        return new(value, Along(map, strided.Strides, rank));
    }

    /// <summary>How a kernel writes a value that it runs over in the order of another shape.</summary>
    public static KernelAccess InOrder(Value value, Shape order, AxisMap map, int rank)
    {
        var strides = new Dim[order.Rank];
        Dim stride = 1;
        for (int axis = order.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= order[axis];
        }
        return new(value, Along(map, strides, rank));
    }

    static Dim[] Along(AxisMap map, Dim[] valueStrides, int rank)
    {
        var strides = new Dim[rank];
        for (int axis = 0; axis < map.Axes.Length; axis++)
            if (map.Axes[axis] >= 0) strides[map.Axes[axis]] += valueStrides[axis];
        return strides;
    }
}
