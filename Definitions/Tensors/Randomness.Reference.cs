using System;

namespace ModelCompiler;

/// <summary>
/// Counter-based random numbers, keyed by seed, step and path: any element can be computed without those before it, and
/// eager and compiled models draw the same ones. Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3
/// (2011), Philox4x32-10.
/// </summary>
public static class Randomness
{
    const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>Φ(-2): the share of a normal distribution below two deviations.</summary>
    const double TwoDeviationsBelow = 0.022750131948179195;

    /// <summary>Fills a parameter.</summary>
    /// <param name="target">Row-major elements.</param>
    /// <param name="distribution">
    /// "normal", "truncated_normal" (none beyond two deviations), "uniform", "constant" or "orthogonal".
    /// </param>
    /// <param name="scale">Standard deviation, bound, value, or length of orthogonal rows.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="path">The parameter's field path.</param>
    /// <param name="columns">Length of the last axis: only an orthogonal matrix depends on it.</param>
    public static void Fill(Span<float> target, string distribution, double scale, ulong seed, string path,
        int columns = 1)
    {
        if (distribution == "orthogonal")
        {
            double[] matrix = Orthogonal.Matrix(Numbers("normal", 1, seed, path, target.Length), columns, scale);
            for (int i = 0; i < target.Length; i++) target[i] = (float)matrix[i];
            return;
        }
        if (distribution == "constant")
        {
            target.Fill((float)scale);
            return;
        }
        ulong stream = Hash(path);
        for (int i = 0; i < target.Length; i += 4)
        {
            (double a, double b, double c, double d) = Four(distribution, scale, seed, stream, (uint)(i / 4));
            target[i] = (float)a;
            if (i + 1 < target.Length) target[i + 1] = (float)b;
            if (i + 2 < target.Length) target[i + 2] = (float)c;
            if (i + 3 < target.Length) target[i + 3] = (float)d;
        }
    }

    /// <summary>The same numbers as <see cref="Fill"/>, for an eager tensor.</summary>
    public static double[] Numbers(string distribution, double scale, ulong seed, string path, int count,
        int columns = 1)
    {
        var single = new float[count];
        Fill(single, distribution, scale, seed, path, columns);
        return Array.ConvertAll(single, x => (double)x);
    }

    /// <summary>A number in [0, bound), without bias, for the place <paramref name="index"/> of a stream.</summary>
    public static int Below(int bound, ulong seed, long step, uint stream, uint index)
    {
        if (bound <= 0) throw new ArgumentOutOfRangeException(nameof(bound), bound, "The bound must be positive.");
        var block = Philox((uint)step, (uint)(step >> 32), index, stream, seed);
        ulong wide = ((ulong)block.Item1 << 32) | block.Item2;
        return (int)Math.BigMul(wide, (ulong)bound, out _);
    }

    /// <summary>What a pass draws its random numbers by.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="pass">How many passes came before.</param>
    public static (uint, uint) Key(ulong seed, long pass)
    {
        var block = Philox((uint)pass, (uint)(pass >> 32), 0x6B657973, 0, seed);
        return (block.Item1, block.Item2);
    }

    /// <summary>
    /// A multiple of 2^-24 in [0, 1). Source: Jarzynski and Olano, Hash Functions for GPU Rendering (2020), pcg3d: a
    /// few 32-bit operations, so that vectors of elements are drawn at once.
    /// </summary>
    /// <param name="index">The element.</param>
    /// <param name="key0">First half of the pass's key.</param>
    /// <param name="key1">Second half of the pass's key.</param>
    /// <param name="draw">The number of the call within the pass.</param>
    public static float Uniform(uint index, uint key0, uint key1, uint draw)
    {
        const uint Factor = 1664525, Term = 1013904223;
        uint x = index * Factor + Term, y = (key0 + draw * Weyl0) * Factor + Term, z = (key1 ^ draw) * Factor + Term;
        x += y * z;
        y += z * x;
        z += x * y;
        (x, y, z) = (x ^ (x >> 16), y ^ (y >> 16), z ^ (z >> 16));
        x += y * z;
        y += z * x;
        z += x * y;
        return (z >> 8) * (1f / (1 << 24));
    }

    static (double, double, double, double) Four(string distribution, double scale, ulong seed, ulong stream,
        uint index)
    {
        (uint x0, uint x1, uint x2, uint x3) = Philox(index, 0, (uint)stream, (uint)(stream >> 32), seed);
        (double u0, double u1, double u2, double u3) = (Unit(x0), Unit(x1), Unit(x2), Unit(x3));
        if (distribution == "uniform") return (scale * (2 * u0 - 1), scale * (2 * u1 - 1), scale * (2 * u2 - 1),
            scale * (2 * u3 - 1));
        if (distribution == "truncated_normal")
        {
            double Bounded(double u) =>
                scale * SpecialFunctions.NormalQuantile(TwoDeviationsBelow + (1 - 2 * TwoDeviationsBelow) * u);
            return (Bounded(u0), Bounded(u1), Bounded(u2), Bounded(u3));
        }
        if (distribution != "normal") throw new ArgumentException(
            $"There is no distribution \"{distribution}\": use normal, truncated_normal, uniform, constant or " +
                "orthogonal.");
        // Box and Muller (1958): two uniform numbers make two normal ones.
        double r0 = scale * Math.Sqrt(-2 * Math.Log(u0)), r1 = scale * Math.Sqrt(-2 * Math.Log(u2));
        (double s0, double c0) = Math.SinCos(2 * Math.PI * u1);
        (double s1, double c1) = Math.SinCos(2 * Math.PI * u3);
        return (r0 * c0, r0 * s0, r1 * c1, r1 * s1);
    }

    /// <summary>In (0, 1), never 0.</summary>
    static double Unit(uint x) => (x + 0.5) / 4294967296.0;

    static (uint, uint, uint, uint) Philox(uint c0, uint c1, uint c2, uint c3, ulong key)
    {
        (uint k0, uint k1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)Multiplier0 * c0, p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>FNV-1a over UTF-16 units: the same on every machine.</summary>
    static ulong Hash(string path)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in path) hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
