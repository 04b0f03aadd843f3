namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet AddFacet() => PrimitiveFacet.Zip((a, b) => a + b);
}
