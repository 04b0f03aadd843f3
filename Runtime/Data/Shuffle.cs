using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// An order of the numbers below a length, drawn by seed and epoch. It takes no memory and can be asked at any place,
/// so a resumed run goes on in the middle of an epoch at once.
/// </summary>
/// <remarks>
/// <para><b>Source</b>: Luby and Rackoff, How to Construct Pseudorandom Permutations from Pseudorandom Functions (1988)
/// for the Feistel network, and Black and Rogaway, Ciphers with Arbitrary Finite Domains (2002), section 3, for walking
/// its cycle until a number falls below the length. The round function is the finaliser of SplitMix64: Steele, Lea
/// and Flood, Fast Splittable Pseudorandom Number Generators (2014).</para>
/// <para><b>Numerics</b>: whole numbers only, so the order is the same on every machine.</para>
/// </remarks>
public readonly struct Shuffle
{
    const int Rounds = 6;

    /// <summary>
    /// A network over few bits has few orders: small lengths are walked in a larger domain, which costs more steps.
    /// </summary>
    const int FewestHalfBits = 4;

    readonly ulong key;
    readonly int halfBits;

    /// <summary>Draws an order.</summary>
    /// <param name="length">At least 1.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="epoch">Each has an order of its own.</param>
    public Shuffle(int length, ulong seed, long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        key = Mix(seed + Mix((ulong)epoch + 0x9E3779B97F4A7C15));
        halfBits = FewestHalfBits;
        while (1L << (2 * halfBits) < length) halfBits++;
    }

    /// <summary>How many numbers there are.</summary>
    public int Length { get; }

    /// <summary>The number at a place.</summary>
    /// <param name="place">From 0 to below <see cref="Length"/>.</param>
    public int this[int place]
    {
        get
        {
            if ((uint)place >= (uint)Length)
                throw new ArgumentOutOfRangeException(nameof(place), place, $"An order of {Length} has no such place.");
            // The network permutes its domain, so walking from a number below the length comes back below it.
            uint at = (uint)place;
            do at = Permute(at);
            while (at >= (uint)Length);
            return (int)at;
        }
    }

    uint Permute(uint value)
    {
        uint mask = (1u << halfBits) - 1, left = value >> halfBits, right = value & mask;
        for (int round = 0; round < Rounds; round++)
        {
            uint noise = (uint)Mix(key + ((ulong)round << 32) + right);
            (left, right) = (right, (left ^ noise) & mask);
        }
        return left << halfBits | right;
    }

    static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
