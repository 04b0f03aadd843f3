namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUstreamCaptureStatus of cuda.h.</summary>
enum CaptureStatus
{
    None = 0,
    Active = 1,
    Invalidated = 2,
}
