using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUuuid of cuda.h.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
unsafe struct CudaUuid
{
    public fixed byte Bytes[16];
}
