using System;
using System.Linq;

namespace ModelCompiler.Tests.Numerics;

/// <summary>
/// Numbers drawn in passes: uniform and independent along elements, calls, passes and seeds. Bounds are five standard deviations of what
/// truly independent numbers have, and the draws are fixed, so that nothing here happens by chance.
/// </summary>
public sealed class RandomnessTests
{
    const int Count = 1 << 18;

    static readonly Func<int, float>[] streams =
    [
        i => At(i, 0, 0, 1), i => At(0, i, 0, 1), i => At(0, 0, i, 1), i => At(0, 0, 0, (ulong)i),
        i => At(i * 64, 0, 0, 1), i => At(i % 512, i / 512, 3, 9), i => At(7, i % 512, i / 512, 9),
    ];

    public static TheoryData<int> Streams => [.. Enumerable.Range(0, streams.Length)];

    static float At(int element, int draw, int pass, ulong seed)
    {
        (uint key0, uint key1) = Randomness.Key(seed, pass);
        return Randomness.Uniform((uint)element, key0, key1, (uint)draw);
    }

    [Theory, MemberData(nameof(Streams))]
    public void Numbers_AreUniform(int stream)
    {
        const int Bins = 256;
        var counts = new int[Bins];
        for (int i = 0; i < Count; i++)
        {
            float x = streams[stream](i);
            Assert.InRange(x, 0, MathF.BitDecrement(1));
            counts[(int)(x * Bins)]++;
        }
        double expected = (double)Count / Bins, chi = counts.Sum(c => (c - expected) * (c - expected) / expected);
        Assert.InRange(chi, Bins - 1 - 5 * Math.Sqrt(2 * (Bins - 1)), Bins - 1 + 5 * Math.Sqrt(2 * (Bins - 1)));
    }

    [Theory, MemberData(nameof(Streams))]
    public void Neighbours_AreIndependent(int stream)
    {
        double[] x = [.. Enumerable.Range(0, Count).Select(i => streams[stream](i) - 0.5)];
        double limit = 5 / Math.Sqrt(Count);
        foreach (int lag in (int[])[1, 2, 3, 16, 64, 512])
        {
            double correlation = 12 * Enumerable.Range(0, Count - lag).Sum(i => x[i] * x[i + lag]) / Count;
            Assert.InRange(correlation, -limit, limit);
        }
        // The lowest of the bits that are drawn, which a weak mixing leaves weak.
        double low = Enumerable.Range(0, Count).Sum(i => ((int)((x[i] + 0.5) * (1 << 24)) & 1) - 0.5) * 2 / Math.Sqrt(Count);
        Assert.InRange(low, -5, 5);
    }
}
