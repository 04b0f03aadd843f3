using System;
using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The matrix product over the last two axes; leading axes broadcast.</summary>
    /// <param name="a">[.., M, K]; fp32.</param>
    /// <param name="b">[.., K, N]; fp32.</param>
    /// <returns>[.., M, N]; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, matmul. Numerics: fp32 fused multiply-add, K in blocks; ∞ and NaN reach the rows and columns they
    /// stand in. Error: 1e-6 · √K relative to the product of norms.
    /// Memory: both inputs. Errors: MC1101 for fewer than two axes, MC1102 where K differs, MC1103 where leading axes
    /// do not broadcast.
    /// </remarks>
    /// <example><code>Tensor y = MatMul(x, weight);</code></example>
    public static Tensor MatMul(Tensor a, Tensor b)
    {
        if (a.Shape.Rank < 2) throw NeedsMatrix(a, b);
        if (b.Shape.Rank < 2) throw NeedsMatrix(a, b);
        if (a.Shape[-1] != b.Shape[-2])
            throw new ShapeException(
                $"MatMul: the last axis of a is {a.Shape[-1]} but b has {b.Shape[-2]} rows (a: {a.Shape}, b: " +
                    $"{b.Shape}). Make them equal, or transpose with .T",
                b) { Id = "MC1102" };
        int rank = Math.Max(a.Shape.Rank, b.Shape.Rank);
        var dims = new Dim[rank];
        for (int i = 3; i <= rank; i++)
        {
            Dim x = i <= a.Shape.Rank ? a.Shape[-i] : 1, y = i <= b.Shape.Rank ? b.Shape[-i] : 1;
            if (x != y && x != 1 && y != 1)
                throw new ShapeException(
                    $"MatMul: leading axes do not broadcast, axis -{i} is {x} and {y} (a: {a.Shape}, b: {b.Shape})", b)
                    { Id = "MC1103" };
            dims[rank - i] = x == 1 ? y : x;
        }
        (dims[rank - 2], dims[rank - 1]) = (a.Shape[-2], b.Shape[-1]);
        return Tensor.Apply(Primitives.MatMul, new Shape(dims), a, b);
    }

    static ShapeException NeedsMatrix(Tensor a, Tensor b)
    {
        string message = $"MatMul needs at least two axes: a is {a.Shape}, b is {b.Shape}. Add axes with Reshape";
        return a.Shape.Rank < 2 ? new(message, a) { Id = "MC1101" } : new(message, b) { Id = "MC1101" };
    }

    /// <summary>
    /// dA = dY · Bᵀ, dB = Aᵀ · dY; where b is one matrix, the leading axes of a are rows of a single product.
    /// </summary>
    internal static Tensor?[] MatMulGradient(Differential d)
    {
        Tensor a = d.In(0), b = d.In(1);
        Tensor da = d.Like(MatMul(d.Dy, b.T), 0);
        if (b.Shape.Rank > 2 || a.Shape.Rank == 2) return [da, d.Like(MatMul(a.T, d.Dy), 1)];
        Dim inner = a.Shape[-1], outer = d.Dy.Shape[-1], rows = a.Shape.Size / inner;
        return [da, MatMul(a.Reshape(rows, inner).T, d.Dy.Reshape(rows, outer))];
    }
}

public static partial class Primitives
{
    public static readonly Primitive MatMul = new("matmul", PrimitiveKind.Kernel,
        "matrix product over the last two axes", MatMulFacet(),
        MatMulGradient);

    private static partial PrimitiveFacet MatMulFacet();
}
