namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUstreamCaptureMode of cuda.h: what other calls may disturb a capture.</summary>
enum CaptureMode
{
    Global = 0,
    ThreadLocal = 1,
    Relaxed = 2,
}
