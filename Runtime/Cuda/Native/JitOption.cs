namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUjit_option of cuda.h, those that are used: where the driver's own compiler writes what is
/// wrong.</summary>
enum JitOption
{
    ErrorLogBuffer = 5,
    ErrorLogBufferBytes = 6,
}
