namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>What kernels choose between: see <c>Gemm.Multiply</c>.</summary>
public enum ProcessorLevel
{
    /// <summary>No vector instructions at all.</summary>
    Scalar,

    /// <summary>Vectors of 128 bits, no fused multiply-add.</summary>
    Vector128,

    /// <summary>Vectors of 256 bits with fused multiply-add: AVX2.</summary>
    Vector256,

    /// <summary>Vectors of 512 bits with masks: AVX-512.</summary>
    Vector512,
}
