using System;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>A result with a gradient written by hand instead of the one that follows from how it was computed.
    /// </summary>
    /// <param name="result">Any shape; fp32. No gradient flows into how it was computed.</param>
    /// <param name="gradient">From the gradient that arrives at the result, of its shape, to one for each input, of the
    /// input's shape. It may read whatever the method has computed.</param>
    /// <param name="inputs">Any shapes; fp32. What the gradient is passed on to.</param>
    /// <returns>The shape of result; fp32.</returns>
    /// <remarks>
    /// Source: Maclaurin et al., Autograd (2015), for the custom rule; Bengio, Léonard and Courville, Estimating or
    /// Propagating Gradients Through Stochastic Neurons (2013), for a rule that is no derivative. Numerics: nothing is
    /// computed. Error: 0. Memory: what the gradient reads, where it is not cheap to compute again.
    /// Errors: MC1016 where the gradients are not one for each input, of its shape.
    /// </remarks>
    /// <example><code>
    /// [Operator]
    /// static Tensor Quantized(Tensor x) =&gt; WithGradient(Cast(x &gt; 0), dy =&gt; [dy], x);   // straight through
    /// </code></example>
    public static Tensor WithGradient(Tensor result, Func<Tensor, Tensor[]> gradient, params Tensor[] inputs)
    {
        Tensor?[] Rule(Tensor dy) => [null, .. Fitting(gradient(dy), inputs)];
        TryGradient(Rule, result.Shape);
        return Tensor.Apply(Primitives.WithGradient, new OperationAttributes { Gradient = Rule }, result.Shape,
            [Detach(result), .. inputs]);
    }

    static Tensor[] Fitting(Tensor[] gradients, Tensor[] inputs)
    {
        if (gradients.Length != inputs.Length)
            throw new ShapeException($"WithGradient: {gradients.Length} gradients for {inputs.Length} inputs; give " +
                "one for each, zeros where none flows") { Id = "MC1016" };
        for (int i = 0; i < inputs.Length; i++)
            if (!gradients[i].Shape.Equals(inputs[i].Shape))
                throw new ShapeException($"WithGradient: the gradient of input {i} is {gradients[i].Shape} but the " +
                    $"input is {inputs[i].Shape}; sum over the axes that were spread, or Reshape") { Id = "MC1016" };
        return gradients;
    }

    /// <summary>Finds mistakes of a gradient where it is given rather than where it is used.</summary>
    static partial void TryGradient(Func<Tensor, Tensor?[]> rule, Shape shape);
}

public static partial class Primitives
{
    public static readonly Primitive WithGradient = new("with_gradient", PrimitiveKind.View,
        "a result with a gradient of its own", WithGradientFacet(), d => d.Attributes.Gradient!(d.Dy));

    private static partial PrimitiveFacet WithGradientFacet();
}
