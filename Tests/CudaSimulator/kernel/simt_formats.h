// Number formats as the hardware converts them; used by kernels and by the simulator's own matrix products.
#pragma once

namespace simt {

inline unsigned bitsOf(float value) { unsigned bits; __builtin_memcpy(&bits, &value, 4); return bits; }
inline float floatOf(unsigned bits) { float value; __builtin_memcpy(&value, &bits, 4); return value; }

inline float floatFromBf16(unsigned short value) { return floatOf(unsigned(value) << 16); }

/// cvt.rn.bf16.f32: to nearest, ties to even; NaN becomes 0x7fff.
inline unsigned short bf16FromFloat(float value) {
    unsigned bits = bitsOf(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
    return (unsigned short)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

/// Decodes sign, `exponentBits` and `mantissaBits`; `hasInfinity` is false for E4M3, whose only special value is all
/// ones.
inline float floatFromSmall(unsigned bits, int exponentBits, int mantissaBits, bool hasInfinity) {
    unsigned sign = (bits >> (exponentBits + mantissaBits)) & 1u;
    unsigned exponent = (bits >> mantissaBits) & ((1u << exponentBits) - 1u);
    unsigned mantissa = bits & ((1u << mantissaBits) - 1u);
    int bias = (1 << (exponentBits - 1)) - 1;
    unsigned top = (1u << exponentBits) - 1u;
    if (exponent == top && (hasInfinity || mantissa == (1u << mantissaBits) - 1u))
        return floatOf((sign << 31) | 0x7f800000u | (mantissa ? 0x400000u | mantissa << (23 - mantissaBits) : 0u));
    float magnitude = exponent == 0
        ? float(mantissa) * floatOf(unsigned(127 + 1 - bias - mantissaBits) << 23)
        : floatOf(unsigned(int(exponent) - bias + 127) << 23 | mantissa << (23 - mantissaBits));
    return sign ? -magnitude : magnitude;
}

/// Encodes to nearest, ties to even. What is above the largest finite value `maximum` saturates to it or becomes
/// `overflow`.
inline unsigned smallFromFloat(float value, int exponentBits, int mantissaBits, unsigned maximum, unsigned overflow,
                               unsigned nan) {
    unsigned bits = bitsOf(value), magnitude = bits & 0x7fffffffu;
    unsigned sign = (bits >> 31) << (exponentBits + mantissaBits);
    if (magnitude > 0x7f800000u) return nan;
    int bias = (1 << (exponentBits - 1)) - 1;
    int exponent = int(magnitude >> 23) - 127 + bias;
    unsigned long long mantissa = magnitude & 0x7fffffu;
    if (magnitude >> 23) mantissa |= 0x800000u;
    int drop = 23 - mantissaBits;
    if (exponent <= 0) { drop += 1 - exponent; exponent = 0; }
    if (drop > 40) return sign;
    unsigned long long kept = mantissa >> drop, rest = mantissa & ((1ull << drop) - 1ull), half = 1ull << (drop - 1);
    if (rest > half || (rest == half && (kept & 1u))) kept++;
    // The implicit bit carries into the exponent, for normal values and for a subnormal that rounds up to the first
    // normal one.
    unsigned long long encoded = exponent > 0 ? ((unsigned long long)(exponent - 1) << mantissaBits) + kept : kept;
    if (magnitude == 0x7f800000u || encoded > maximum) return sign | overflow;
    return sign | unsigned(encoded);
}

inline float floatFromF16(unsigned short value) { return floatFromSmall(value, 5, 10, true); }
inline unsigned short f16FromFloat(float value) {
    return (unsigned short)smallFromFloat(value, 5, 10, 0x7bff, 0x7c00, 0x7fff);
}
inline float floatFromE4m3(unsigned char value) { return floatFromSmall(value, 4, 3, false); }
/// cvt.rn.satfinite: magnitudes above 448 become 448.
inline unsigned char e4m3FromFloat(float value) {
    return (unsigned char)smallFromFloat(value, 4, 3, 0x7e, 0x7e, 0x7f);
}
inline float floatFromE5m2(unsigned char value) { return floatFromSmall(value, 5, 2, true); }
/// cvt.rn.satfinite: magnitudes above 57344 become 57344.
inline unsigned char e5m2FromFloat(float value) {
    return (unsigned char)smallFromFloat(value, 5, 2, 0x7b, 0x7b, 0x7f);
}

/// cvt.rna.tf32.f32: 10 bits of mantissa, ties away from zero.
inline float tf32FromFloat(float value) {
    unsigned bits = bitsOf(value);
    if ((bits & 0x7f800000u) == 0x7f800000u) return value;
    return floatOf((bits + 0x1000u) & 0xffffe000u);
}
/// What mma.sync sees of an fp32 register: the low 13 bits are ignored.
inline float tf32Truncated(float value) { return floatOf(bitsOf(value) & 0xffffe000u); }

}
