using System;

namespace ModelCompiler;

/// <summary>What a model is compiled for.</summary>
[Flags]
public enum Target
{
    /// <summary>The processor: SIMD C#. Every model is compiled for it.</summary>
    Cpu = 1,

    /// <summary>NVIDIA's devices of compute capability 8.0 and higher: cuBLASLt, and CUDA kernels that are compiled
    /// when a model first runs there.</summary>
    Cuda = 2,
}
