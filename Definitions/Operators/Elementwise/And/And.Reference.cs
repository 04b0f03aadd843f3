namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet AndFacet() => PrimitiveFacet.Combine((a, b) => a && b);
}
