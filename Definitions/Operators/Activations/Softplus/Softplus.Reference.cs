namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SoftplusFacet() => PrimitiveFacet.Map(SpecialFunctions.Softplus);
}
