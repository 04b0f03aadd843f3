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
    const int MostRows = 16;
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
                float* four = from + j * b.Column;
                int r = 0;
                for (; r + 4 <= m; r += 4)
                    SixteenDots(row + r * a.Row, a.Row, four, b.Column, k, to + r * c.Row + j, c.Row);
                for (; r < m; r++) FourDots(row + r * a.Row, four, b.Column, k, to + r * c.Row + j);
            }
            for (; j < columns; j++)
            {
                for (int r = 0; r < m; r++) to[r * c.Row + j] = Dot(row + r * a.Row, from + j * b.Column, k);
            }
            epilogue.Apply(to, c.Row, matrix / inner, matrix % inner, 0, column, m, columns);
        }
    }

    /// <summary>
    /// Four rows of a with four of b, each element loaded once for four sums: the same sums as <see cref="FourDots"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void SixteenDots(float* a, nint aStride, float* b, nint bStride, int k, float* to, nint toStride)
    {
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default,
            s12 = default, s13 = default, s20 = default, s21 = default, s22 = default, s23 = default, s30 = default,
            s31 = default, s32 = default, s33 = default;
        float* a2 = a + 2 * aStride;
        float* b2 = b + 2 * bStride;
        int i = 0;
        for (; i + 16 <= k; i += 16)
        {
            Vector512<float> x0 = Vector512.Load(a + i), x1 = Vector512.Load(a + aStride + i);
            Vector512<float> x2 = Vector512.Load(a2 + i), x3 = Vector512.Load(a2 + aStride + i);
            Add(x0, x1, x2, x3, Vector512.Load(b + i), ref s00, ref s10, ref s20, ref s30);
            Add(x0, x1, x2, x3, Vector512.Load(b + bStride + i), ref s01, ref s11, ref s21, ref s31);
            Add(x0, x1, x2, x3, Vector512.Load(b2 + i), ref s02, ref s12, ref s22, ref s32);
            Add(x0, x1, x2, x3, Vector512.Load(b2 + bStride + i), ref s03, ref s13, ref s23, ref s33);
        }
        if (i < k)
        {
            int rest = k - i;
            Vector512<float> x0 = Vectors.LoadPartial(a + i, rest), x1 = Vectors.LoadPartial(a + aStride + i, rest);
            Vector512<float> x2 = Vectors.LoadPartial(a2 + i, rest), x3 = Vectors.LoadPartial(a2 + aStride + i, rest);
            Add(x0, x1, x2, x3, Vectors.LoadPartial(b + i, rest), ref s00, ref s10, ref s20, ref s30);
            Add(x0, x1, x2, x3, Vectors.LoadPartial(b + bStride + i, rest), ref s01, ref s11, ref s21, ref s31);
            Add(x0, x1, x2, x3, Vectors.LoadPartial(b2 + i, rest), ref s02, ref s12, ref s22, ref s32);
            Add(x0, x1, x2, x3, Vectors.LoadPartial(b2 + bStride + i, rest), ref s03, ref s13, ref s23, ref s33);
        }
        Store(s00, s01, s02, s03, to);
        Store(s10, s11, s12, s13, to + toStride);
        Store(s20, s21, s22, s23, to + 2 * toStride);
        Store(s30, s31, s32, s33, to + 3 * toStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(Vector512<float> x0, Vector512<float> x1, Vector512<float> x2, Vector512<float> x3,
        Vector512<float> y, ref Vector512<float> s0, ref Vector512<float> s1, ref Vector512<float> s2,
        ref Vector512<float> s3)
    {
        s0 = Vector512.MultiplyAddEstimate(x0, y, s0);
        s1 = Vector512.MultiplyAddEstimate(x1, y, s1);
        s2 = Vector512.MultiplyAddEstimate(x2, y, s2);
        s3 = Vector512.MultiplyAddEstimate(x3, y, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3, float* to)
    {
        to[0] = Vectors.Sum(s0);
        to[1] = Vectors.Sum(s1);
        to[2] = Vectors.Sum(s2);
        to[3] = Vectors.Sum(s3);
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
