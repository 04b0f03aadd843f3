namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ReshapeFacet() => PrimitiveFacet.Of((inputs, _, _) => inputs[0].Elements);
}
