using System;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>y = x · W + b.</summary>
/// <remarks>
/// Source: PyTorch's Linear, whose initialisation it shares: uniform in ±1/√inputs. Parameters: weight [inputs,
/// outputs], bias [outputs].
/// </remarks>
/// <param name="inputs">Length of the last axis of x.</param>
/// <param name="outputs">Length of the last axis of y.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="initializer">How the weight starts; null for uniform in ±1/√inputs.</param>
public sealed class Linear(int inputs, int outputs, bool bias = true, Initializer? initializer = null)
{
    /// <summary>[inputs, outputs].</summary>
    public Tensor Weight { get; } = (initializer ?? Initializer.Uniform(1 / Math.Sqrt(inputs)))
        .Create(inputs, outputs, inputs, outputs);

    /// <summary>[outputs]; null where the layer was made without.</summary>
    public Tensor Bias { get; } = bias ? Parameter.Uniform(1 / Math.Sqrt(inputs), outputs) : null!;

    /// <summary>Applies the layer to the last axis.</summary>
    /// <param name="x">[.., inputs]; fp32.</param>
    /// <returns>[.., outputs]; fp32.</returns>
    /// <example><code>Tensor y = up.Forward(x);</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank == 0 || x.Shape[-1] != inputs)
            throw new ShapeException(
                $"Linear({inputs}, {outputs}): the last axis of x is not {inputs} (x: {x.Shape}). Construct the " +
                    "layer with that length, or change x", x)
                { Id = "MC1109" };
        Tensor product = MatMul(x.Shape.Rank == 1 ? x.Reshape(1, inputs) : x, Weight);
        return bias ? product + Bias : product;
    }
}
