using System;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// 8 bits with 5 of exponent, the upper half of an IEEE binary16: to 57,344 (Micikevicius et al., FP8 Formats
/// for Deep Learning, 2022).
/// </summary>
/// <param name="bits">Sign, 5 bits of exponent, 2 of mantissa.</param>
public readonly struct Float8E5M2(byte bits) : IEquatable<Float8E5M2>
{
    /// <summary>The largest number.</summary>
    public const float Largest = 57344;

    /// <summary>Sign, 5 bits of exponent, 2 of mantissa.</summary>
    public byte Bits { get; } = bits;

    /// <summary>
    /// Rounds to the nearest, ties to even; what is beyond the largest number becomes that, as cvt.rn.satfinite does.
    /// </summary>
    /// <param name="value">fp32.</param>
    public static explicit operator Float8E5M2(float value) => new(SmallFloat.Float8E5M2.Encode(value));

    /// <summary>The same number.</summary>
    /// <param name="value">8 bits.</param>
    public static explicit operator float(Float8E5M2 value) => SmallFloat.Float8E5M2.Decode(value.Bits);

    /// <summary>Whether both have the same bits.</summary>
    public static bool operator ==(Float8E5M2 a, Float8E5M2 b) => a.Bits == b.Bits;

    /// <summary>Whether they differ in a bit.</summary>
    public static bool operator !=(Float8E5M2 a, Float8E5M2 b) => a.Bits != b.Bits;

    /// <inheritdoc/>
    public bool Equals(Float8E5M2 other) => Bits == other.Bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Float8E5M2 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Bits;

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
