using ModelCompiler.IR;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>What cuBLASLt computes of a product on its way to memory.</summary>
/// <param name="Result">What the product's kernel leaves.</param>
sealed record ProductEpilogue(Value Result)
{
    /// <summary>A vector that is added to every row; null for none.</summary>
    public Value? Bias { get; init; }

    /// <summary>A matrix that is added; null for none.</summary>
    public Value? Residual { get; init; }

    /// <summary>A function of the sum.</summary>
    public ProductActivation Activation { get; init; }

    /// <summary>
    /// What goes into GELU, [m, n]: stored beside the result, or not where it is null; read where the product is
    /// multiplied by GELU's derivative.
    /// </summary>
    public Value? Before { get; init; }
}

/// <summary>Functions that cuBLASLt has for epilogues, as far as they are used.</summary>
enum ProductActivation
{
    /// <summary>The product itself, and what is added.</summary>
    None,

    /// <summary>GELU by its approximation with tanh.</summary>
    Gelu,

    /// <summary>The product times the derivative of that GELU.</summary>
    GeluGradient,
}
