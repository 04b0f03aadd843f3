using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Rows of a table.</summary>
    /// <param name="table">[V, C]; fp32.</param>
    /// <param name="rows">Any shape; int in [0, V).</param>
    /// <returns>[.., C]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, embedding. Numerics: nothing is computed. Error: 0.
    /// Memory: the rows. Errors: MC1104 where the table is no matrix; a row out of range is an exception when run.
    /// </remarks>
    /// <example><code>Tensor x = Gather(tokens.Weight, ids);</code></example>
    public static Tensor Gather(Tensor table, Tensor<int> rows)
    {
        if (table.Shape.Rank != 2)
            throw new ShapeException($"Gather: the table is {table.Shape}; it must be a matrix [rows, width]",
                table) { Id = "MC1104" };
        if (rows.Limit is { } limit && (table.Shape[0] - limit).Minimum < 0)
            throw new ShapeException(
                $"Gather: the table has {table.Shape[0]} rows but positions go up to {limit}, which can be " +
                    $"{limit.Maximum}. Give the table {limit.Maximum} rows, or lower the dim's Max",
                rows) { Id = "MC1104" };
        return Tensor.Apply(Primitives.Gather, new Shape([.. rows.Shape.Dims, table.Shape[1]]), table, rows);
    }
}

public static partial class Primitives
{
    public static readonly Primitive Gather = new("gather", PrimitiveKind.Kernel, "rows of a table", GatherFacet(),
        d => [ScatterAdd(d.Dy, d.Integers(1), d.ShapeOf(0)[0]), null]);

    private static partial PrimitiveFacet GatherFacet();
}
