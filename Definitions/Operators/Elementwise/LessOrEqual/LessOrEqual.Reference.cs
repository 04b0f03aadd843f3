namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet LessOrEqualFacet() => PrimitiveFacet.Compare((a, b) => a <= b);
}
