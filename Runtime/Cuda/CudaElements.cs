using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Element types as the texts of kernels call them. All strings are constants: a launch allocates nothing.
/// </summary>
static class CudaElements
{
    /// <summary>Bytes of an element.</summary>
    public static int Size(CudaDataType type) => type switch
    {
        CudaDataType.Float64 => 8,
        CudaDataType.Float32 or CudaDataType.Int32 => 4,
        CudaDataType.Float16 or CudaDataType.BFloat16 => 2,
        CudaDataType.Int8 or CudaDataType.UInt8 or CudaDataType.Float8E4M3 or CudaDataType.Float8E5M2 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No element type of the CUDA target."),
    };

    /// <summary>The define that says what is stored: fp32, bf16 or f16.</summary>
    public static string Define(CudaDataType type) => type switch
    {
        CudaDataType.Float32 => "ELEMENT=float",
        CudaDataType.BFloat16 => "ELEMENT=bf16",
        CudaDataType.Float16 => "ELEMENT=f16",
        _ => throw Unsupported(type),
    };

    /// <summary>What a define of another name is for a type nobody computes with.</summary>
    public static ArgumentOutOfRangeException Unsupported(CudaDataType type) => new(nameof(type), type,
        "Kernels that compute take fp32, bf16 and f16.");

    /// <summary>Blocks that so many items need.</summary>
    public static int Blocks(long items, long ofBlock) => checked((int)((items + ofBlock - 1) / ofBlock));

    /// <summary>The next multiple of 256, on which every array in scratch memory begins.</summary>
    public static long Aligned(long bytes) => (bytes + 255) / 256 * 256;
}
