namespace ModelCompiler.Runtime.Cuda;

/// <summary>What cuBLAS may do to be faster; cublasMath_t of cublas_api.h.</summary>
public enum CudaBlasMathMode
{
    /// <summary>The fastest that keeps the precision of the elements.</summary>
    Default = 0,

    /// <summary>The prescribed precision and order of every step; for comparisons.</summary>
    Pedantic = 2,

    /// <summary>32-bit elements keep 10 bits behind the point when they are multiplied.</summary>
    TensorFloat32 = 3,
}
