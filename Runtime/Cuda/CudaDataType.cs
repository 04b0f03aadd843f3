namespace ModelCompiler.Runtime.Cuda;

/// <summary>How elements of a matrix are stored; cudaDataType of library_types.h.</summary>
public enum CudaDataType
{
    /// <summary>32-bit floating point.</summary>
    Float32 = 0,

    /// <summary>64-bit floating point.</summary>
    Float64 = 1,

    /// <summary>16-bit floating point, 10 bits behind the point.</summary>
    Float16 = 2,

    /// <summary>8-bit integers.</summary>
    Int8 = 3,

    /// <summary>8-bit integers without sign.</summary>
    UInt8 = 8,

    /// <summary>32-bit integers.</summary>
    Int32 = 10,

    /// <summary>16-bit floating point with the range of 32-bit, 7 bits behind the point.</summary>
    BFloat16 = 14,

    /// <summary>8-bit floating point, 4 bits of exponent, 3 behind the point; largest 448.</summary>
    Float8E4M3 = 28,

    /// <summary>8-bit floating point, 5 bits of exponent, 2 behind the point; largest 57344.</summary>
    Float8E5M2 = 29,
}
