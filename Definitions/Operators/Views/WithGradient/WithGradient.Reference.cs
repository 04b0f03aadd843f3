namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet WithGradientFacet() =>
        PrimitiveFacet.Of((inputs, _, _) => (double[])inputs[0].Elements);
}
