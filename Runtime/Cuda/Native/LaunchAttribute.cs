using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUlaunchAttribute of cuda.h: which one, and a value in a union of 64 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
struct LaunchAttribute
{
    [FieldOffset(0)] public LaunchAttributeId Id;

    /// <summary>Of <see cref="LaunchAttributeId.Cooperative"/> and
    /// <see cref="LaunchAttributeId.ProgrammaticStreamSerialization"/>: 1 switches it on.</summary>
    [FieldOffset(8)] public int Switch;

    /// <summary>Of <see cref="LaunchAttributeId.ClusterDimension"/>: blocks along x, then y, then z.</summary>
    [FieldOffset(8)] public uint ClusterX;

    [FieldOffset(12)] public uint ClusterY;
    [FieldOffset(16)] public uint ClusterZ;
}
