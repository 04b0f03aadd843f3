using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>One way in which cuBLASLt computes a product, as its heuristics found it; cublasLtMatmulHeuristicResult_t
/// of cublasLt.h.</summary>
/// <remarks>Its bytes may be stored and used again for the same product, with the same version on the same device.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 96)]
public struct CudaBlasLtAlgorithm
{
    // The library's own 64 bytes, spelt out so that every copy takes them along.
    [FieldOffset(0)] internal ulong Algorithm0;
    [FieldOffset(8)] internal ulong Algorithm1;
    [FieldOffset(16)] internal ulong Algorithm2;
    [FieldOffset(24)] internal ulong Algorithm3;
    [FieldOffset(32)] internal ulong Algorithm4;
    [FieldOffset(40)] internal ulong Algorithm5;
    [FieldOffset(48)] internal ulong Algorithm6;
    [FieldOffset(56)] internal ulong Algorithm7;
    [FieldOffset(64)] internal nuint Workspace;
    [FieldOffset(72)] internal BlasStatus Status;
    [FieldOffset(76)] internal float WaveCount;
    [FieldOffset(80)] internal ulong Reserved0;
    [FieldOffset(88)] internal ulong Reserved1;

    /// <summary>Bytes of the device it needs besides the matrices.</summary>
    public readonly long WorkspaceBytes => (long)Workspace;

    /// <summary>How often the device is filled with tiles: just above a whole number means one that is nearly idle.
    /// </summary>
    public readonly float Waves => WaveCount;

    /// <summary>Whether it can be used.</summary>
    public readonly bool IsSupported => Status == BlasStatus.Success;
}
