namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Numbers drawn uniformly from [0, 1), others in every training step and at every call. A trainer draws by its
    /// seed and its count of passes, so that a run can be repeated and resumed; a session draws by its <c>Seed</c>, the
    /// same in every call.
    /// </summary>
    /// <param name="shape">Of the result.</param>
    /// <returns>The given shape; fp32.</returns>
    /// <remarks>
    /// Source: Jarzynski and Olano, Hash Functions for GPU Rendering (2020), pcg3d, of the element's index, the call's
    /// number and a key by Philox (Salmon et al., 2011) of seed and pass. Numerics: multiples of 2^-24. Error: 0.
    /// Memory: nothing; the gradient draws the same numbers again. Errors: none.
    /// </remarks>
    /// <example><code>Tensor noise = RandomUniform(x.Shape);</code></example>
    public static Tensor RandomUniform(Shape shape) =>
        Tensor.Apply(Primitives.RandomUniform, new OperationAttributes { Start = NextDraw() }, shape);

    /// <summary>The number of this call within the pass.</summary>
    private static partial Dim NextDraw();
}

public static partial class Primitives
{
    public static readonly Primitive RandomUniform = new("random_uniform", PrimitiveKind.Source,
        "uniform numbers in [0, 1)", RandomUniformFacet());

    private static partial PrimitiveFacet RandomUniformFacet();
}
