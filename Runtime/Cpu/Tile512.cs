using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>Tiles of 12 × 32 for AVX-512.</summary>
/// <remarks>
/// 24 sums, 2 vectors of b and 1 broadcast element of a fill 27 of the 32 registers.
/// Rows that are left over at the lower edge of a matrix get a smaller tile.
/// </remarks>
readonly unsafe struct Tile512 : ITile
{
    public static int Rows => 12;
    public static int Columns => 32;

    public static void Multiply(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride, int k,
        int rows, int columns, bool accumulate)
    {
        if (columns <= 16) MultiplyNarrow(a, aRow, aAlong, b, bStride, c, cStride, k, rows, accumulate);
        else if (rows <= 4) Multiply4(a, aRow, aAlong, b, bStride, c, cStride, k, rows, accumulate);
        else if (rows <= 8) Multiply8(a, aRow, aAlong, b, bStride, c, cStride, k, rows, accumulate);
        else Multiply12(a, aRow, aAlong, b, bStride, c, cStride, k, rows, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply12(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, bool accumulate)
    {
        Vector512<float> c0a = default, c0b = default, c1a = default, c1b = default, c2a = default, c2b = default,
            c3a = default, c3b = default, c4a = default, c4b = default, c5a = default, c5b = default, c6a = default,
            c6b = default, c7a = default, c7b = default, c8a = default, c8b = default, c9a = default, c9b = default,
            c10a = default, c10b = default, c11a = default, c11b = default;
        PrefetchTile(c, cStride, rows);
        nint two = 2 * aRow;
        float* a3 = a + 3 * aRow;
        float* a6 = a3 + 3 * aRow;
        float* a9 = a6 + 3 * aRow;
        for (int i = 0; i < k; i++, a += aAlong, a3 += aAlong, a6 += aAlong, a9 += aAlong, b += bStride)
        {
            Vector512<float> ba = Vector512.Load(b);
            Vector512<float> bb = Vector512.Load(b + 16);
            Add(a[0], ba, bb, ref c0a, ref c0b);
            Add(a[aRow], ba, bb, ref c1a, ref c1b);
            Add(a[two], ba, bb, ref c2a, ref c2b);
            Add(a3[0], ba, bb, ref c3a, ref c3b);
            Add(a3[aRow], ba, bb, ref c4a, ref c4b);
            Add(a3[two], ba, bb, ref c5a, ref c5b);
            Add(a6[0], ba, bb, ref c6a, ref c6b);
            Add(a6[aRow], ba, bb, ref c7a, ref c7b);
            Add(a6[two], ba, bb, ref c8a, ref c8b);
            Add(a9[0], ba, bb, ref c9a, ref c9b);
            Add(a9[aRow], ba, bb, ref c10a, ref c10b);
            Add(a9[two], ba, bb, ref c11a, ref c11b);
        }
        Store(c, c0a, c0b, accumulate);
        if (rows > 1) Store(c + cStride, c1a, c1b, accumulate);
        if (rows > 2) Store(c + 2 * cStride, c2a, c2b, accumulate);
        if (rows > 3) Store(c + 3 * cStride, c3a, c3b, accumulate);
        if (rows > 4) Store(c + 4 * cStride, c4a, c4b, accumulate);
        if (rows > 5) Store(c + 5 * cStride, c5a, c5b, accumulate);
        if (rows > 6) Store(c + 6 * cStride, c6a, c6b, accumulate);
        if (rows > 7) Store(c + 7 * cStride, c7a, c7b, accumulate);
        if (rows > 8) Store(c + 8 * cStride, c8a, c8b, accumulate);
        if (rows > 9) Store(c + 9 * cStride, c9a, c9b, accumulate);
        if (rows > 10) Store(c + 10 * cStride, c10a, c10b, accumulate);
        if (rows > 11) Store(c + 11 * cStride, c11a, c11b, accumulate);
    }

    /// <summary>Asks for the rows of a tile, which the sums will meet at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PrefetchTile(float* c, nint cStride, int rows)
    {
        for (int r = 0; r < rows; r++, c += cStride)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + 31);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply8(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, bool accumulate)
    {
        Vector512<float> c0a = default, c0b = default, c1a = default, c1b = default, c2a = default, c2b = default,
            c3a = default, c3b = default, c4a = default, c4b = default, c5a = default, c5b = default, c6a = default,
            c6b = default, c7a = default, c7b = default;
        nint two = 2 * aRow;
        float* a3 = a + 3 * aRow;
        float* a6 = a3 + 3 * aRow;
        for (int i = 0; i < k; i++, a += aAlong, a3 += aAlong, a6 += aAlong, b += bStride)
        {
            Vector512<float> ba = Vector512.Load(b);
            Vector512<float> bb = Vector512.Load(b + 16);
            Add(a[0], ba, bb, ref c0a, ref c0b);
            Add(a[aRow], ba, bb, ref c1a, ref c1b);
            Add(a[two], ba, bb, ref c2a, ref c2b);
            Add(a3[0], ba, bb, ref c3a, ref c3b);
            Add(a3[aRow], ba, bb, ref c4a, ref c4b);
            Add(a3[two], ba, bb, ref c5a, ref c5b);
            Add(a6[0], ba, bb, ref c6a, ref c6b);
            Add(a6[aRow], ba, bb, ref c7a, ref c7b);
        }
        Store(c, c0a, c0b, accumulate);
        if (rows > 1) Store(c + cStride, c1a, c1b, accumulate);
        if (rows > 2) Store(c + 2 * cStride, c2a, c2b, accumulate);
        if (rows > 3) Store(c + 3 * cStride, c3a, c3b, accumulate);
        if (rows > 4) Store(c + 4 * cStride, c4a, c4b, accumulate);
        if (rows > 5) Store(c + 5 * cStride, c5a, c5b, accumulate);
        if (rows > 6) Store(c + 6 * cStride, c6a, c6b, accumulate);
        if (rows > 7) Store(c + 7 * cStride, c7a, c7b, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply4(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, bool accumulate)
    {
        Vector512<float> c0a = default, c0b = default, c1a = default, c1b = default, c2a = default, c2b = default,
            c3a = default, c3b = default;
        nint two = 2 * aRow;
        float* a3 = a + 3 * aRow;
        for (int i = 0; i < k; i++, a += aAlong, a3 += aAlong, b += bStride)
        {
            Vector512<float> ba = Vector512.Load(b);
            Vector512<float> bb = Vector512.Load(b + 16);
            Add(a[0], ba, bb, ref c0a, ref c0b);
            Add(a[aRow], ba, bb, ref c1a, ref c1b);
            Add(a[two], ba, bb, ref c2a, ref c2b);
            Add(a3[0], ba, bb, ref c3a, ref c3b);
        }
        Store(c, c0a, c0b, accumulate);
        if (rows > 1) Store(c + cStride, c1a, c1b, accumulate);
        if (rows > 2) Store(c + 2 * cStride, c2a, c2b, accumulate);
        if (rows > 3) Store(c + 3 * cStride, c3a, c3b, accumulate);
    }

    /// <summary>The left half of a tile, for the right edge of a matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MultiplyNarrow(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, bool accumulate)
    {
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default,
            c6 = default,
            c7 = default, c8 = default, c9 = default, c10 = default, c11 = default;
        nint two = 2 * aRow;
        float* a3 = a + 3 * aRow;
        float* a6 = a3 + 3 * aRow;
        float* a9 = a6 + 3 * aRow;
        for (int i = 0; i < k; i++, a += aAlong, a3 += aAlong, a6 += aAlong, a9 += aAlong, b += bStride)
        {
            Vector512<float> column = Vector512.Load(b);
            c0 = Vector512.MultiplyAddEstimate(Vector512.Create(a[0]), column, c0);
            c1 = Vector512.MultiplyAddEstimate(Vector512.Create(a[aRow]), column, c1);
            c2 = Vector512.MultiplyAddEstimate(Vector512.Create(a[two]), column, c2);
            c3 = Vector512.MultiplyAddEstimate(Vector512.Create(a3[0]), column, c3);
            c4 = Vector512.MultiplyAddEstimate(Vector512.Create(a3[aRow]), column, c4);
            c5 = Vector512.MultiplyAddEstimate(Vector512.Create(a3[two]), column, c5);
            c6 = Vector512.MultiplyAddEstimate(Vector512.Create(a6[0]), column, c6);
            c7 = Vector512.MultiplyAddEstimate(Vector512.Create(a6[aRow]), column, c7);
            c8 = Vector512.MultiplyAddEstimate(Vector512.Create(a6[two]), column, c8);
            c9 = Vector512.MultiplyAddEstimate(Vector512.Create(a9[0]), column, c9);
            c10 = Vector512.MultiplyAddEstimate(Vector512.Create(a9[aRow]), column, c10);
            c11 = Vector512.MultiplyAddEstimate(Vector512.Create(a9[two]), column, c11);
        }
        Store(c, c0, accumulate);
        if (rows > 1) Store(c + cStride, c1, accumulate);
        if (rows > 2) Store(c + 2 * cStride, c2, accumulate);
        if (rows > 3) Store(c + 3 * cStride, c3, accumulate);
        if (rows > 4) Store(c + 4 * cStride, c4, accumulate);
        if (rows > 5) Store(c + 5 * cStride, c5, accumulate);
        if (rows > 6) Store(c + 6 * cStride, c6, accumulate);
        if (rows > 7) Store(c + 7 * cStride, c7, accumulate);
        if (rows > 8) Store(c + 8 * cStride, c8, accumulate);
        if (rows > 9) Store(c + 9 * cStride, c9, accumulate);
        if (rows > 10) Store(c + 10 * cStride, c10, accumulate);
        if (rows > 11) Store(c + 11 * cStride, c11, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* to, Vector512<float> sum, bool accumulate) =>
        (accumulate ? sum + Vector512.Load(to) : sum).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(float a, Vector512<float> ba, Vector512<float> bb, ref Vector512<float> ca, ref Vector512<float> cb)
    {
        Vector512<float> broadcast = Vector512.Create(a);
        ca = Vector512.MultiplyAddEstimate(broadcast, ba, ca);
        cb = Vector512.MultiplyAddEstimate(broadcast, bb, cb);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* to, Vector512<float> ca, Vector512<float> cb, bool accumulate)
    {
        if (accumulate)
        {
            ca += Vector512.Load(to);
            cb += Vector512.Load(to + 16);
        }
        ca.Store(to);
        cb.Store(to + 16);
    }
}
