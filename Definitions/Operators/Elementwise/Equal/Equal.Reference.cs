namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet EqualFacet() => PrimitiveFacet.Compare((a, b) => a == b);
}
