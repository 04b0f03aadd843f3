namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SumFacet() => PrimitiveFacet.Fold(0, (a, b) => a + b);
}
