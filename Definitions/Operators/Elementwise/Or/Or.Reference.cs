namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet OrFacet() => PrimitiveFacet.Combine((a, b) => a || b);
}
