using System;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// Sums that are kept for the gradient instead of the products in them: they are what the products' kernels write, and
/// whoever reads the product wants them.
/// </summary>
static class ProductSums
{
    /// <summary>Whether a value is to be kept rather than computed again.</summary>
    /// <param name="value">Of the forward pass.</param>
    /// <param name="readers">How many values of the forward pass read one.</param>
    public static bool IsKept(Value value, Func<Value, int> readers) => IsBiased(value) || IsResidual(value, readers);

    /// <summary>A product with its bias added.</summary>
    static bool IsBiased(Value value) => value.Is(Primitives.Add) && value.Inputs.Length == 2
        && (IsProductAndBias(value.Inputs[0], value.Inputs[1]) || IsProductAndBias(value.Inputs[1], value.Inputs[0]));

    static bool IsProductAndBias(Value product, Value bias) =>
        product.Is(Primitives.MatMul) && bias.Shape.Rank == 1 && product.Shape.Rank > 1
        || product.Op.Facet.HasEpilogue && bias.Shape.Rank >= 3 && bias.Shape.Size == bias.Shape[-3];

    /// <summary>A product that is added to something of its shape and read nowhere else.</summary>
    static bool IsResidual(Value value, Func<Value, int> readers) => value.Is(Primitives.Add)
        && value.Inputs.All(i => i.Shape.Equals(value.Shape)) && value.Inputs.Any(i =>
            (i.Is(Primitives.MatMul) || IsBiased(i)) && i.Region == value.Region && readers(i) == 1);
}
