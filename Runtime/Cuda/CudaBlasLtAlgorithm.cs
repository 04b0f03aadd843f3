using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>One way in which cuBLASLt computes a product, as its heuristics found it; cublasLtMatmulHeuristicResult_t of
/// cublasLt.h.</summary>
/// <remarks>Its bytes may be stored and used again for the same product, with the same version on the same device.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 96)]
public unsafe struct CudaBlasLtAlgorithm
{
    [FieldOffset(0)] internal fixed ulong Algorithm[8];
    [FieldOffset(64)] internal nuint Workspace;
    [FieldOffset(72)] internal BlasStatus Status;
    [FieldOffset(76)] internal float WaveCount;
    [FieldOffset(80)] internal fixed int Reserved[4];

    /// <summary>Bytes of the device it needs besides the matrices.</summary>
    public readonly long WorkspaceBytes => (long)Workspace;

    /// <summary>How often the device is filled with tiles: just above a whole number means one that is nearly idle.
    /// </summary>
    public readonly float Waves => WaveCount;

    /// <summary>Whether it can be used.</summary>
    public readonly bool IsSupported => Status == BlasStatus.Success;
}
