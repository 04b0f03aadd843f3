using System;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>The upper half of an fp32 number: its range, with 8 bits of mantissa of which one is implied.</summary>
/// <param name="bits">Sign, 8 bits of exponent, 7 of mantissa.</param>
public readonly struct BFloat16(ushort bits) : IEquatable<BFloat16>
{
    /// <summary>Sign, 8 bits of exponent, 7 of mantissa.</summary>
    public ushort Bits { get; } = bits;

    /// <summary>Rounds to the nearest, ties to even; what is not a number stays that, and quiet.</summary>
    /// <param name="value">fp32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator BFloat16(float value)
    {
        uint number = BitConverter.SingleToUInt32Bits(value);
        return new((ushort)(float.IsNaN(value) ? number >> 16 | 0x40 : number + 0x7FFF + (number >> 16 & 1) >> 16));
    }

    /// <summary>The same number.</summary>
    /// <param name="value">bf16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>Whether both have the same bits.</summary>
    public static bool operator ==(BFloat16 a, BFloat16 b) => a.Bits == b.Bits;

    /// <summary>Whether they differ in a bit.</summary>
    public static bool operator !=(BFloat16 a, BFloat16 b) => a.Bits != b.Bits;

    /// <inheritdoc/>
    public bool Equals(BFloat16 other) => Bits == other.Bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Bits;

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
