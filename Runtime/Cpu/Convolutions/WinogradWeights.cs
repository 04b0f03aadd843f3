using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// Transforms a convolution's weights, a strip of a tile's rows at a time, and looks whether the other operand holds
/// numbers that may be transformed. Items are strips, then blocks of the other operand.
/// </summary>
unsafe struct WinogradWeights<TTile> : IWork where TTile : struct, ITile
{
    const int ChannelsAtOnce = 32;

    /// <summary>[outputs, channels, 3, 3].</summary>
    public float* Weight;

    /// <summary>[16, strips, Channels, rows of a tile]; written.</summary>
    public float* Transformed;

    /// <summary>Channels that are summed over, channels of the result, and strips of these.</summary>
    public int Channels, Rows, Strips;

    /// <summary>Whether the kernel is turned round and rows are the weight's channels.</summary>
    public bool IsGradient;

    /// <summary>Of the other operand.</summary>
    public WinogradCheck Check;

    public readonly void Run(int first, int last)
    {
        for (int item = first; item < Math.Min(last, Strips); item++)
            if (!Transform(item)) Check.Fail();
        Check.Run(Math.Max(0, first - Strips), last - Strips);
    }

    [SkipLocalsInit]
    readonly bool Transform(int strip)
    {
        const int Taps = 9;
        int lanes = TTile.Rows, row = strip * lanes, valid = Math.Min(lanes, Rows - row);
        float* kernels = stackalloc float[ChannelsAtOnce * Taps * 16];     // [channels, taps, lanes]
        Vector512<float> good = Vector512<float>.AllBitsSet, largest = Vector512.Create(WinogradCheck.Largest);
        nint next = (nint)Strips * Channels * lanes;
        float* to = Transformed + (nint)strip * Channels * lanes;
        for (int start = 0; start < Channels; start += ChannelsAtOnce)
        {
            int count = Math.Min(ChannelsAtOnce, Channels - start);
            Gather(row, valid, start, count, kernels, lanes);
            for (int c = 0; c < count; c++, to += lanes)
            {
                float* kernel = kernels + c * Taps * lanes;
                Vector512<float> w0 = Tap(kernel, 0), w1 = Tap(kernel, 1), w2 = Tap(kernel, 2);
                Vector512<float> w3 = Tap(kernel, 3), w4 = Tap(kernel, 4), w5 = Tap(kernel, 5);
                Vector512<float> w6 = Tap(kernel, 6), w7 = Tap(kernel, 7), w8 = Tap(kernel, 8);
                Vector512<float> all = Vector512.Max(Max(w0, w1, w2, w3), Vector512.Max(Max(w4, w5, w6, w7),
                    Vector512.Abs(w8)));
                good &= Vector512.LessThanOrEqual(all, largest);
                // Rows of G · w, then · Gᵀ; G = [1 0 0; ½ ½ ½; ½ -½ ½; 0 0 1].
                Columns(w0, w1, w2, to, next);
                Columns(Half(w0, w3, w6), Half(w1, w4, w7), Half(w2, w5, w8), to + 4 * next, next);
                Columns(Half(w0, -w3, w6), Half(w1, -w4, w7), Half(w2, -w5, w8), to + 8 * next, next);
                Columns(w6, w7, w8, to + 12 * next, next);
            }
        }
        // Lanes behind the strip's are other numbers, or none.
        return (good.AsInt32() | ~Lanes.Mask(lanes).AsInt32()) == Vector512<int>.AllBitsSet;
    }

    /// <summary>Kernels of some channels, one row a lane: [channels, taps, lanes], 0 for rows that do not exist.
    /// </summary>
    readonly void Gather(int row, int valid, int channel, int count, float* to, int lanes)
    {
        const int Taps = 9;
        if (!IsGradient)
        {
            float* from = Weight + ((nint)row * Channels + channel) * Taps;
            Packing.Strip(from, (nint)Channels * Taps, 1, valid, count * Taps, to, lanes);
            return;
        }
        for (int c = 0; c < count; c++)
            Packing.Strip(Weight + ((nint)(channel + c) * Rows + row) * Taps, Taps, 1, valid, Taps,
                to + (nint)c * Taps * lanes, lanes);
    }

    /// <summary>All lanes of a tap; what follows the last is the next tap's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly Vector512<float> Tap(float* kernel, int tap) =>
        Vector512.Load(kernel + (IsGradient ? 8 - tap : tap) * TTile.Rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Half(Vector512<float> a, Vector512<float> b, Vector512<float> c) => (a + b + c) * 0.5f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Max(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) =>
        Vector512.Max(Vector512.Max(Vector512.Abs(a), Vector512.Abs(b)),
            Vector512.Max(Vector512.Abs(c), Vector512.Abs(d)));

    /// <summary>One row of G · w becomes four points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Columns(Vector512<float> a, Vector512<float> b, Vector512<float> c, float* to, nint next)
    {
        Vectors.StorePartial(to, a, TTile.Rows);
        Vectors.StorePartial(to + next, Half(a, b, c), TTile.Rows);
        Vectors.StorePartial(to + 2 * next, Half(a, -b, c), TTile.Rows);
        Vectors.StorePartial(to + 3 * next, c, TTile.Rows);
    }
}
