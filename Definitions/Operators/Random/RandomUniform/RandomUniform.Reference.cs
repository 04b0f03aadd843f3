namespace ModelCompiler;

public static partial class Operators
{
    private static partial Dim NextDraw() => Eager.NextDraw();
}

public static partial class Primitives
{
    private static partial PrimitiveFacet RandomUniformFacet() => PrimitiveFacet.Of((_, attributes, shape) =>
    {
        var result = new double[TensorBase.CountOf(shape)];
        (uint key0, uint key1) = Eager.RandomKey;
        for (int i = 0; i < result.Length; i++)
            result[i] = Randomness.Uniform((uint)i, key0, key1, (uint)attributes.Start.Constant);
        return result;
    });
}
