using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// A product of few rows with the transpose of a matrix, as scalar products of rows: each element of B is used too
/// seldom to be packed. An item is 64 columns of one matrix of the batch.
/// </summary>
/// <remarks>
/// Sums have 16 lanes, whose order of addition is fixed: another rounding than that of tiles, but the same for any
/// number of threads.
/// </remarks>
unsafe struct GemmDots<TEpilogue> : IWork where TEpilogue : unmanaged, IGemmEpilogue
{
    const int MostRows = 4;
    const int LeastDepth = 64;      // below it, adding up the lanes takes longer than packing

    readonly MatrixView a, b, c;
    readonly int inner, m, n, k, tiles;
    TEpilogue epilogue;

    public GemmDots(int outer, int inner, int m, int n, int k, in MatrixView a, in MatrixView b, in MatrixView c,
        in TEpilogue epilogue)
    {
        (this.a, this.b, this.c, this.epilogue) = (a, b, c, epilogue);
        (this.inner, this.m, this.n, this.k) = (inner, m, n, k);
        tiles = GemmBlocking.Count(n, GemmBlocking.TileColumns);
        Items = checked(outer * inner * tiles);
    }

    public int Items { get; }

    /// <summary>Whether a product is of this kind; depends on shapes and strides alone.</summary>
    public static bool Suits(int m, int k, in MatrixView a, in MatrixView b) =>
        m <= MostRows && k >= LeastDepth && a.Column == 1 && b.Row == 1 && b.Column != 1;

    public void Run(int first, int last)
    {
        for (int item = first; item < last; item++)
        {
            int matrix = item / tiles, column = item % tiles * GemmBlocking.TileColumns;
            int columns = Math.Min(GemmBlocking.TileColumns, n - column);
            float* from = b.Of(matrix / inner, matrix % inner) + column * b.Column;
            float* row = a.Of(matrix / inner, matrix % inner);
            float* to = c.Of(matrix / inner, matrix % inner) + column;
            int j = 0;
            for (; j + 4 <= columns; j += 4)
            {
                for (int r = 0; r < m; r++) FourDots(row + r * a.Row, from + j * b.Column, b.Column, k,
                    to + r * c.Row + j);
            }
            for (; j < columns; j++)
            {
                for (int r = 0; r < m; r++) to[r * c.Row + j] = Dot(row + r * a.Row, from + j * b.Column, k);
            }
            epilogue.Apply(to, c.Row, matrix / inner, matrix % inner, 0, column, m, columns);
        }
    }

    /// <summary>to[j] = Σ a[i] · b[j · stride + i] for four j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FourDots(float* a, float* b, nint stride, int k, float* to)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        float* b2 = b + 2 * stride;
        int i = 0;
        for (; i + 16 <= k; i += 16)
        {
            Vector512<float> x = Vector512.Load(a + i);
            s0 = Vector512.MultiplyAddEstimate(x, Vector512.Load(b + i), s0);
            s1 = Vector512.MultiplyAddEstimate(x, Vector512.Load(b + stride + i), s1);
            s2 = Vector512.MultiplyAddEstimate(x, Vector512.Load(b2 + i), s2);
            s3 = Vector512.MultiplyAddEstimate(x, Vector512.Load(b2 + stride + i), s3);
        }
        if (i < k)
        {
            int rest = k - i;
            Vector512<float> x = Vectors.LoadPartial(a + i, rest);
            s0 = Vector512.MultiplyAddEstimate(x, Vectors.LoadPartial(b + i, rest), s0);
            s1 = Vector512.MultiplyAddEstimate(x, Vectors.LoadPartial(b + stride + i, rest), s1);
            s2 = Vector512.MultiplyAddEstimate(x, Vectors.LoadPartial(b2 + i, rest), s2);
            s3 = Vector512.MultiplyAddEstimate(x, Vectors.LoadPartial(b2 + stride + i, rest), s3);
        }
        to[0] = Vectors.Sum(s0);
        to[1] = Vectors.Sum(s1);
        to[2] = Vectors.Sum(s2);
        to[3] = Vectors.Sum(s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Dot(float* a, float* b, int k)
    {
        Vector512<float> sum = default;
        int i = 0;
        for (; i + 16 <= k; i += 16) sum =
            Vector512.MultiplyAddEstimate(Vector512.Load(a + i), Vector512.Load(b + i), sum);
        if (i < k) sum = Vector512.MultiplyAddEstimate(Vectors.LoadPartial(a + i, k - i),
            Vectors.LoadPartial(b + i, k - i), sum);
        return Vectors.Sum(sum);
    }
}
