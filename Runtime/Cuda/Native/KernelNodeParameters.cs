using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUDA_KERNEL_NODE_PARAMS_v2 of cuda.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
unsafe struct KernelNodeParameters
{
    [FieldOffset(0)] public nint Function;
    [FieldOffset(8)] public uint GridX;
    [FieldOffset(12)] public uint GridY;
    [FieldOffset(16)] public uint GridZ;
    [FieldOffset(20)] public uint BlockX;
    [FieldOffset(24)] public uint BlockY;
    [FieldOffset(28)] public uint BlockZ;
    [FieldOffset(32)] public uint SharedBytes;
    [FieldOffset(40)] public void** Arguments;
    [FieldOffset(48)] public void** Extra;
    [FieldOffset(56)] public nint Kernel;
    [FieldOffset(64)] public nint Context;
}
