namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MultiplyFacet() => PrimitiveFacet.Zip((a, b) => a * b);
}
