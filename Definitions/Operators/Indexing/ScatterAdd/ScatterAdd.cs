using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Adds rows into a table of zeros: the reverse of a gather.</summary>
    /// <param name="values">[.., C]; fp32.</param>
    /// <param name="rows">The shape of values without its last axis; int in [0, count).</param>
    /// <param name="count">Rows of the result.</param>
    /// <returns>[count, C]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, index_add. Numerics: fp32, in order of the rows: the same bits for any number of threads.
    /// Error: 1e-6 · √repeats relative. Memory: the rows. Errors: MC1105 where the shapes do not match; a row out of
    /// range is an exception when run.
    /// </remarks>
    /// <example><code>Tensor table = ScatterAdd(gradients, ids, 96);</code></example>
    public static Tensor ScatterAdd(Tensor values, Tensor<int> rows, Dim count)
    {
        if (values.Shape.Rank == 0 || !new Shape([.. rows.Shape.Dims, values.Shape[-1]]).Equals(values.Shape))
            throw new ShapeException(
                $"ScatterAdd: rows are {rows.Shape} but values are {values.Shape}; values need one more axis", values)
                { Id = "MC1105" };
        if (rows.Limit is { } limit && (count - limit).Minimum < 0)
            throw new ShapeException(
                $"ScatterAdd: the result has {count} rows but positions go up to {limit}, which can be " +
                    $"{limit.Maximum}. Ask for {limit.Maximum} rows, or lower the dim's Max",
                rows) { Id = "MC1105" };
        return Tensor.Apply(Primitives.ScatterAdd, new Shape(count, values.Shape[-1]), values, rows);
    }
}

public static partial class Primitives
{
    public static readonly Primitive ScatterAdd = new("scatter_add", PrimitiveKind.Kernel,
        "rows added into a table of zeros", ScatterAddFacet(),
        d => [Gather(d.Dy, d.Integers(1)), null]);

    private static partial PrimitiveFacet ScatterAddFacet();
}
