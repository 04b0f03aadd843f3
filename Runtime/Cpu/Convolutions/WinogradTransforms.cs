using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>The transforms of F(2 × 2, 3 × 3), on sixteen tiles at a time.</summary>
static unsafe class WinogradTransforms
{
    /// <summary>Bᵀ · d · B of each tile d; Bᵀ = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1].</summary>
    /// <param name="from">[16, lanes]: the elements of 4 × 4.</param>
    /// <param name="lanes">Tiles; a multiple of 4.</param>
    /// <param name="to">Point i at i · <paramref name="point"/>; written.</param>
    /// <param name="point">Elements from one point to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Source(float* from, int lanes, float* to, nint point)
    {
        for (int j = 0; j < lanes; j += 16, from += 16, to += 16)
        {
            int count = System.Math.Min(16, lanes - j);
            SourceRow(from, lanes, 0, 2, isSum: false, to, point, count);
            SourceRow(from, lanes, 1, 2, isSum: true, to + 4 * point, point, count);
            SourceRow(from, lanes, 2, 1, isSum: false, to + 8 * point, point, count);
            SourceRow(from, lanes, 1, 3, isSum: false, to + 12 * point, point, count);
        }
    }

    /// <summary>One row of Bᵀ · d, which is row a plus or minus row b of d, times B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void SourceRow(float* from, int lanes, int a, int b, bool isSum, float* to, nint point, int count)
    {
        float* first = from + 4 * a * lanes;
        float* second = from + 4 * b * lanes;
        Vector512<float> d0 = Row(first, second, isSum), d1 = Row(first + lanes, second + lanes, isSum);
        Vector512<float> d2 = Row(first + 2 * lanes, second + 2 * lanes, isSum);
        Vector512<float> d3 = Row(first + 3 * lanes, second + 3 * lanes, isSum);
        Store(to, d0 - d2, count);
        Store(to + point, d1 + d2, count);
        Store(to + 2 * point, d2 - d1, count);
        Store(to + 3 * point, d1 - d3, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Row(float* a, float* b, bool isSum) =>
        isSum ? Vector512.Load(a) + Vector512.Load(b) : Vector512.Load(a) - Vector512.Load(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* to, Vector512<float> value, int count)
    {
        if (count == 16) value.Store(to);
        else Vectors.StorePartial(to, value, count);
    }

    /// <summary>Aᵀ · m · A of sixteen tiles m; Aᵀ = [1 1 1 0; 0 1 -1 -1].</summary>
    /// <param name="sums">Point i at i · <paramref name="point"/>: sixteen tiles each.</param>
    /// <param name="point">Elements from one point to the next.</param>
    /// <param name="upper">[32]: the first row of results, two of each tile; written.</param>
    /// <param name="lower">[32]: the second row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Result(float* sums, nint point, float* upper, float* lower)
    {
        Vector512<float> u0 = default, u1 = default, l0 = default, l1 = default;
        for (int i = 0; i < 4; i++, sums += 4 * point)
        {
            Vector512<float> m0 = Vector512.Load(sums), m1 = Vector512.Load(sums + point);
            Vector512<float> m2 = Vector512.Load(sums + 2 * point), m3 = Vector512.Load(sums + 3 * point);
            Vector512<float> left = m0 + m1 + m2, right = m1 - m2 - m3;
            if (i < 3) (u0, u1) = (u0 + left, u1 + right);
            if (i == 1) (l0, l1) = (left, right);
            else if (i > 1) (l0, l1) = (l0 - left, l1 - right);
        }
        Interleave(u0, u1, upper);
        Interleave(l0, l1, lower);
    }

    /// <summary>A · d · Aᵀ of each gradient d of 2 × 2 results; A = [1 0; 1 1; 1 -1; 0 -1].</summary>
    /// <param name="from">Element i at i · <paramref name="tap"/>.</param>
    /// <param name="tap">Elements from one element to the next.</param>
    /// <param name="length">How many gradients.</param>
    /// <param name="to">Point i at i · <paramref name="point"/>; written.</param>
    /// <param name="point">Elements from one point to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float* from, nint tap, int length, float* to, nint point)
    {
        for (int j = 0; j < length; j += 16, from += 16, to += 16)
        {
            int count = System.Math.Min(16, length - j);
            Vector512<float> d0 = Load(from, count), d1 = Load(from + tap, count);
            Vector512<float> d2 = Load(from + 2 * tap, count), d3 = Load(from + 3 * tap, count);
            GradientRow(d0, d1, to, point, count);
            GradientRow(d0 + d2, d1 + d3, to + 4 * point, point, count);
            GradientRow(d0 - d2, d1 - d3, to + 8 * point, point, count);
            GradientRow(-d2, -d3, to + 12 * point, point, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void GradientRow(Vector512<float> a, Vector512<float> b, float* to, nint point, int count)
    {
        Store(to, a, count);
        Store(to + point, a + b, count);
        Store(to + 2 * point, a - b, count);
        Store(to + 3 * point, -b, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Load(float* from, int count) =>
        count == 16 ? Vector512.Load(from) : Vectors.LoadPartial(from, count);

    /// <summary>Gᵀ · m · G of sixteen sums m; Gᵀ = [1 ½ ½ 0; 0 ½ -½ 0; 0 ½ ½ 1].</summary>
    /// <param name="sums">Point i at i · <paramref name="point"/>: sixteen sums each.</param>
    /// <param name="point">Elements from one point to the next.</param>
    /// <param name="taps">[9, 16]; written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weight(float* sums, nint point, float* taps)
    {
        for (int j = 0; j < 4; j++, sums += point)
        {
            Vector512<float> m0 = Vector512.Load(sums), m1 = Vector512.Load(sums + 4 * point) * 0.5f;
            Vector512<float> m2 = Vector512.Load(sums + 8 * point) * 0.5f, m3 = Vector512.Load(sums + 12 * point);
            AddColumn(m0 + (m1 + m2), j, taps);
            AddColumn(m1 - m2, j, taps + 3 * 16);
            AddColumn(m1 + m2 + m3, j, taps + 6 * 16);
        }
    }

    /// <summary>What column j of Gᵀ · m adds to one row of taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddColumn(Vector512<float> value, int j, float* taps)
    {
        Vector512<float> half = value * 0.5f;
        switch (j)
        {
            case 0:
                value.Store(taps);
                break;
            case 1:
                (Vector512.Load(taps) + half).Store(taps);
                half.Store(taps + 16);
                half.Store(taps + 32);
                break;
            case 2:
                (Vector512.Load(taps) + half).Store(taps);
                (Vector512.Load(taps + 16) - half).Store(taps + 16);
                (Vector512.Load(taps + 32) + half).Store(taps + 32);
                break;
            default:
                (Vector512.Load(taps + 32) + value).Store(taps + 32);
                break;
        }
    }

    /// <summary>a0 b0 a1 b1 ..</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Interleave(Vector512<float> a, Vector512<float> b, float* to)
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
        {
            Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            Avx512F.PermuteVar16x32x2(a, low, b).Store(to);
            Avx512F.PermuteVar16x32x2(a, low + Vector512.Create(8), b).Store(to + 16);
            return;
        }
        for (int i = 0; i < 16; i++) (to[2 * i], to[2 * i + 1]) = (a.GetElement(i), b.GetElement(i));
    }
}
