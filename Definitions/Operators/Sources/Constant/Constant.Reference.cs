namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ConstantFacet() =>
        PrimitiveFacet.Of((_, attributes, _) => new[] { attributes.Number });
}
