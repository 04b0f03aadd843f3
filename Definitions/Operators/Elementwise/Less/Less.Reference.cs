namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet LessFacet() => PrimitiveFacet.Compare((a, b) => a < b);
}
