namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ToIntegerFacet() => PrimitiveFacet.ToIntegers();
}
