namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SubtractFacet() => PrimitiveFacet.Zip((a, b) => a - b);
}
