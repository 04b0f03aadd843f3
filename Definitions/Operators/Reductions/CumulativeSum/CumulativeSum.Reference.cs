namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet CumulativeSumFacet() => PrimitiveFacet.Accumulate();
}
