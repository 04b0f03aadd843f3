namespace ModelCompiler.Runtime.Cuda;

/// <summary>What is done to a finished product before it is stored; cublasLtEpilogue_t of cublasLt.h.</summary>
public enum CudaBlasLtEpilogue
{
    /// <summary>Nothing.</summary>
    Default = 1,

    /// <summary>Negative values become 0.</summary>
    Relu = 2,

    /// <summary>A value for each row is added.</summary>
    Bias = 4,

    /// <summary>A value for each row is added, then negative values become 0.</summary>
    ReluBias = 6,

    /// <summary>GELU, by its approximation with tanh.</summary>
    Gelu = 32,

    /// <summary>A value for each row is added, then GELU.</summary>
    GeluBias = 36,

    /// <summary>Negative values become 0; which ones is kept as bits.</summary>
    ReluAux = 130,

    /// <summary>As <see cref="ReluBias"/>; which values became 0 is kept as bits.</summary>
    ReluAuxBias = 134,

    /// <summary>The gradient of <see cref="ReluAux"/>.</summary>
    ReluGradient = 136,

    /// <summary>The gradient of <see cref="ReluAuxBias"/>, and the sums of its rows.</summary>
    ReluBiasGradient = 152,

    /// <summary>GELU; what went in is kept.</summary>
    GeluAux = 160,

    /// <summary>As <see cref="GeluBias"/>; what went into GELU is kept.</summary>
    GeluAuxBias = 164,

    /// <summary>The gradient of <see cref="GeluAux"/>.</summary>
    GeluGradient = 192,

    /// <summary>The gradient of <see cref="GeluAuxBias"/>, and the sums of its rows.</summary>
    GeluBiasGradient = 208,

    /// <summary>The sums of A's rows besides: the gradient of a bias where A is the gradient of the result.</summary>
    BiasGradientOfA = 256,

    /// <summary>The sums of B's columns besides: the gradient of a bias where B is the gradient of the
    /// result.</summary>
    BiasGradientOfB = 512,
}
