namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUmemPool_attribute of cuda.h, the one that is set.</summary>
enum MemoryPoolAttribute
{
    /// <summary>Bytes that the pool keeps instead of giving them back at the next synchronisation; uint64.</summary>
    ReleaseThreshold = 4,
}
