using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// A format of fewer bits with sign, exponent, mantissa and subnormal numbers: conversions from and to fp32 in integer
/// arithmetic, the same on every processor. Rounding is to the nearest, ties to even.
/// </summary>
/// <param name="exponentBits">Of the exponent.</param>
/// <param name="mantissaBits">Of the mantissa, without the implied one.</param>
/// <param name="largest">Bits of the largest finite number.</param>
/// <param name="notANumber">Bits of the quiet number that is none.</param>
/// <param name="saturates">Whether what is beyond the largest number becomes that rather than infinite.</param>
readonly struct SmallFloat(int exponentBits, int mantissaBits, int largest, int notANumber, bool saturates)
{
    /// <summary>IEEE binary16.</summary>
    public static SmallFloat Half => new(5, 10, 0x7BFF, 0x7E00, saturates: false);

    /// <summary>Without infinities: the last pattern alone is no number.</summary>
    public static SmallFloat Float8E4M3 => new(4, 3, 0x7E, 0x7F, saturates: true);

    /// <summary>The upper half of binary16.</summary>
    public static SmallFloat Float8E5M2 => new(5, 2, 0x7B, 0x7E, saturates: true);

    int Bias => (1 << exponentBits - 1) - 1;

    int Shift => 23 - mantissaBits;

    int SignShift => 31 - exponentBits - mantissaBits;

    public byte Encode(float value) => (byte)Encode(Vector512.Create(value)).ToScalar();

    public float Decode(byte bits) => Decode(Vector512.Create((int)bits)).ToScalar();

    /// <summary>Each lane's number in the low bits of an integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Encode(Vector512<float> value)
    {
        Vector512<int> all = value.AsInt32(), sign = all & Vector512.Create(int.MinValue), number = all ^ sign;
        // Normal numbers: the exponent moves to the new bias, and half of what is cut off is added before the cut.
        Vector512<int> odd = Vector512.ShiftRightLogical(number, Shift) & Vector512<int>.One;
        Vector512<int> normal = Vector512.ShiftRightLogical(
            number + odd + Vector512.Create((Bias - 127 << 23) + (1 << Shift - 1) - 1), Shift);
        // Subnormal ones: an addition whose last bit is the format's last bit rounds them.
        Vector512<float> magic = Vector512.Create(127 - Bias + 24 - mantissaBits << 23).AsSingle();
        Vector512<int> subnormal = (number.AsSingle() + magic).AsInt32() - magic.AsInt32();
        Vector512<int> smallest = Vector512.Create(128 - Bias << 23);
        Vector512<int> bits = Vector512.ConditionalSelect(Vector512.LessThan(number, smallest), subnormal, normal);
        Vector512<int> top = Vector512.Create(saturates ? largest : largest + 1);
        bits = Vector512.ConditionalSelect(Vector512.GreaterThan(bits, top)
            | Vector512.GreaterThanOrEqual(number, Vector512.Create(255 << 23)), top, bits);
        bits = Vector512.ConditionalSelect(Vector512.GreaterThan(number, Vector512.Create(255 << 23)),
            Vector512.Create(notANumber), bits);
        return bits | Vector512.ShiftRightLogical(sign, SignShift);
    }

    /// <summary>The numbers whose bits are the low ones of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Decode(Vector512<int> bits)
    {
        Vector512<int> sign = Vector512.ShiftLeft(bits, SignShift) & Vector512.Create(int.MinValue);
        Vector512<int> number = bits & Vector512.Create((1 << exponentBits + mantissaBits) - 1);
        // A product with a power of two moves the exponent to fp32's bias, that of subnormal numbers too.
        Vector512<float> value = Vector512.ShiftLeft(number, Shift).AsSingle()
            * Vector512.Create(254 - Bias << 23).AsSingle();
        Vector512<int> special = Vector512.ShiftLeft(number, Shift) | Vector512.Create(255 << 23)
            | Vector512.ConditionalSelect(Vector512.GreaterThan(number, Vector512.Create(largest + 1)),
                Vector512.Create(1 << 22), Vector512<int>.Zero);
        // With infinities the pattern behind the largest number is one; without, it is no number.
        if (notANumber == largest + 1) special |= Vector512.Create(1 << 22);
        value = Vector512.ConditionalSelect(Vector512.GreaterThan(number, Vector512.Create(largest)).AsSingle(),
            special.AsSingle(), value);
        return (value.AsInt32() | sign).AsSingle();
    }
}
