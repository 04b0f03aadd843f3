using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUgraphExecUpdateResultInfo of cuda.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
struct GraphUpdateInfo
{
    /// <summary>0 success, 2 topology changed, 3 kind of a node changed, 4 function changed, 5 parameters changed.
    /// </summary>
    [FieldOffset(0)] public int Result;

    [FieldOffset(8)] public nint ErrorNode;
    [FieldOffset(16)] public nint ErrorFromNode;
}
