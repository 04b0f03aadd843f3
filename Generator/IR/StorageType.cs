namespace ModelCompiler.IR;

/// <summary>
/// What the elements of a value are in memory. Kernels compute in fp32 whatever it is: they convert where they load,
/// and round to the nearest, ties to even, where they store.
/// </summary>
enum StorageType
{
    /// <summary>IEEE binary32, "f32".</summary>
    Float32,

    /// <summary>Signed 32-bit integer, "i32".</summary>
    Int32,

    /// <summary>Truth value, "bool"; in registers only.</summary>
    Boolean,

    /// <summary>The upper half of binary32: 8 bits of exponent and 7 of mantissa, "bf16".</summary>
    BFloat16,

    /// <summary>IEEE binary16: 5 bits of exponent and 10 of mantissa, "f16".</summary>
    Float16,

    /// <summary>4 bits of exponent and 3 of mantissa, to 448, without infinities, "e4m3".</summary>
    Float8E4M3,

    /// <summary>5 bits of exponent and 2 of mantissa, to 57344, "e5m2".</summary>
    Float8E5M2,
}
