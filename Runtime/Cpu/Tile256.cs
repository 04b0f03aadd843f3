using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>Tiles of 6 × 16 for AVX2 with fused multiply-add.</summary>
/// <remarks>
/// 12 sums, 2 vectors of b and 1 broadcast element of a fill 15 of the 16 registers.
/// Rows that are left over at the lower edge of a matrix get a smaller tile.
/// </remarks>
readonly unsafe struct Tile256 : ITile
{
    public static int Rows => 6;
    public static int Columns => 16;

    public static void Multiply(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride, int k,
        int rows, int columns, bool accumulate)
    {
        if (columns <= 8) MultiplyNarrow(a, aRow, aAlong, b, bStride, c, cStride, k, rows, accumulate);
        else if (rows <= 2) Multiply2(a, aRow, aAlong, b, bStride, c, cStride, k, rows, accumulate);
        else Multiply6(a, aRow, aAlong, b, bStride, c, cStride, k, rows, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply6(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, bool accumulate)
    {
        Vector256<float> c0a = default, c0b = default, c1a = default, c1b = default, c2a = default, c2b = default,
            c3a = default, c3b = default, c4a = default, c4b = default, c5a = default, c5b = default;
        nint two = 2 * aRow;
        float* a3 = a + 3 * aRow;
        for (int i = 0; i < k; i++, a += aAlong, a3 += aAlong, b += bStride)
        {
            Vector256<float> ba = Vector256.Load(b);
            Vector256<float> bb = Vector256.Load(b + 8);
            Add(a[0], ba, bb, ref c0a, ref c0b);
            Add(a[aRow], ba, bb, ref c1a, ref c1b);
            Add(a[two], ba, bb, ref c2a, ref c2b);
            Add(a3[0], ba, bb, ref c3a, ref c3b);
            Add(a3[aRow], ba, bb, ref c4a, ref c4b);
            Add(a3[two], ba, bb, ref c5a, ref c5b);
        }
        Store(c, c0a, c0b, accumulate);
        if (rows > 1) Store(c + cStride, c1a, c1b, accumulate);
        if (rows > 2) Store(c + 2 * cStride, c2a, c2b, accumulate);
        if (rows > 3) Store(c + 3 * cStride, c3a, c3b, accumulate);
        if (rows > 4) Store(c + 4 * cStride, c4a, c4b, accumulate);
        if (rows > 5) Store(c + 5 * cStride, c5a, c5b, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply2(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, bool accumulate)
    {
        Vector256<float> c0a = default, c0b = default, c1a = default, c1b = default;
        for (int i = 0; i < k; i++, a += aAlong, b += bStride)
        {
            Vector256<float> ba = Vector256.Load(b);
            Vector256<float> bb = Vector256.Load(b + 8);
            Add(a[0], ba, bb, ref c0a, ref c0b);
            Add(a[aRow], ba, bb, ref c1a, ref c1b);
        }
        Store(c, c0a, c0b, accumulate);
        if (rows > 1) Store(c + cStride, c1a, c1b, accumulate);
    }

    /// <summary>The left half of a tile, for the right edge of a matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MultiplyNarrow(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, bool accumulate)
    {
        Vector256<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        nint two = 2 * aRow;
        float* a3 = a + 3 * aRow;
        for (int i = 0; i < k; i++, a += aAlong, a3 += aAlong, b += bStride)
        {
            Vector256<float> column = Vector256.Load(b);
            c0 = Vector256.MultiplyAddEstimate(Vector256.Create(a[0]), column, c0);
            c1 = Vector256.MultiplyAddEstimate(Vector256.Create(a[aRow]), column, c1);
            c2 = Vector256.MultiplyAddEstimate(Vector256.Create(a[two]), column, c2);
            c3 = Vector256.MultiplyAddEstimate(Vector256.Create(a3[0]), column, c3);
            c4 = Vector256.MultiplyAddEstimate(Vector256.Create(a3[aRow]), column, c4);
            c5 = Vector256.MultiplyAddEstimate(Vector256.Create(a3[two]), column, c5);
        }
        Store(c, c0, accumulate);
        if (rows > 1) Store(c + cStride, c1, accumulate);
        if (rows > 2) Store(c + 2 * cStride, c2, accumulate);
        if (rows > 3) Store(c + 3 * cStride, c3, accumulate);
        if (rows > 4) Store(c + 4 * cStride, c4, accumulate);
        if (rows > 5) Store(c + 5 * cStride, c5, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* to, Vector256<float> sum, bool accumulate) =>
        (accumulate ? sum + Vector256.Load(to) : sum).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(float a, Vector256<float> ba, Vector256<float> bb, ref Vector256<float> ca, ref Vector256<float> cb)
    {
        Vector256<float> broadcast = Vector256.Create(a);
        ca = Vector256.MultiplyAddEstimate(broadcast, ba, ca);
        cb = Vector256.MultiplyAddEstimate(broadcast, bb, cb);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* to, Vector256<float> ca, Vector256<float> cb, bool accumulate)
    {
        if (accumulate)
        {
            ca += Vector256.Load(to);
            cb += Vector256.Load(to + 8);
        }
        ca.Store(to);
        cb.Store(to + 8);
    }
}
