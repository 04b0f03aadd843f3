namespace ModelCompiler.Runtime.Cuda;

/// <summary>What products are computed and summed in; cublasComputeType_t of cublas_api.h.</summary>
public enum CudaBlasComputeType
{
    /// <summary>16-bit floating point, sums included.</summary>
    Float16 = 64,

    /// <summary>32-bit floating point; 16-bit and 8-bit elements are multiplied exactly and summed in 32
    /// bits.</summary>
    Float32 = 68,

    /// <summary>32-bit floating point, one product after another.</summary>
    Float32Pedantic = 69,

    /// <summary>32-bit integers.</summary>
    Int32 = 72,

    /// <summary>32-bit elements are rounded to 16 bits (10 behind the point) before they are multiplied.</summary>
    Float32FastFloat16 = 74,

    /// <summary>32-bit elements are rounded to bfloat16 before they are multiplied.</summary>
    Float32FastBFloat16 = 75,

    /// <summary>32-bit elements keep 10 bits behind the point when they are multiplied: TensorFloat32.</summary>
    Float32FastTensorFloat32 = 77,
}
