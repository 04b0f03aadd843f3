namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet DivideFacet() => PrimitiveFacet.Zip((a, b) => a / b);
}
