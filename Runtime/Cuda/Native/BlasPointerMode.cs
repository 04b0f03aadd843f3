namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>Where the factors of a product lie; cublasPointerMode_t of cublas_api.h.</summary>
enum BlasPointerMode
{
    /// <summary>In memory of the host; read before the call returns.</summary>
    Host = 0,

    /// <summary>In memory of the device; read when the product runs.</summary>
    Device = 1,
}
