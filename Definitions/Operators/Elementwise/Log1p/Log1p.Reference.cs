namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet Log1pFacet() => PrimitiveFacet.Map(SpecialFunctions.Log1p);
}
