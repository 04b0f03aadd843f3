namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ValueFacet() =>
        PrimitiveFacet.Of((_, attributes, _) => new[] { (double)attributes.Start.Constant });
}
