namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ErfFacet() => PrimitiveFacet.Map(SpecialFunctions.Erf);
}
