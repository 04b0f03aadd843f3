namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>The libraries that are bound.</summary>
enum CudaLibrary
{
    Driver,
    Compiler,
    Blas,
    BlasLt,
}
