using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>Tiles of 4 × 8 for every other machine.</summary>
/// <remarks>
/// 8 sums, 2 vectors of b and 1 broadcast element of a fit 16 registers; without any vector instructions it is slow,
/// but right.
/// </remarks>
readonly unsafe struct Tile128 : ITile
{
    public static int Rows => 4;
    public static int Columns => 8;

    public static void Multiply(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride, int k,
        int rows, int columns, bool accumulate) =>
        Multiply4(a, aRow, aAlong, b, bStride, c, cStride, k, rows, accumulate);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply4(float* a, nint aRow, nint aAlong, float* b, nint bStride, float* c, nint cStride,
        int k, int rows, bool accumulate)
    {
        Vector128<float> c0a = default, c0b = default, c1a = default, c1b = default, c2a = default, c2b = default,
            c3a = default, c3b = default;
        nint two = 2 * aRow;
        float* a3 = a + 3 * aRow;
        for (int i = 0; i < k; i++, a += aAlong, a3 += aAlong, b += bStride)
        {
            Vector128<float> ba = Vector128.Load(b);
            Vector128<float> bb = Vector128.Load(b + 4);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(float a, Vector128<float> ba, Vector128<float> bb, ref Vector128<float> ca, ref Vector128<float> cb)
    {
        Vector128<float> broadcast = Vector128.Create(a);
        ca = Vector128.MultiplyAddEstimate(broadcast, ba, ca);
        cb = Vector128.MultiplyAddEstimate(broadcast, bb, cb);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* to, Vector128<float> ca, Vector128<float> cb, bool accumulate)
    {
        if (accumulate)
        {
            ca += Vector128.Load(to);
            cb += Vector128.Load(to + 4);
        }
        ca.Store(to);
        cb.Store(to + 4);
    }
}
