namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet FlipFacet() => new()
    {
        Inputs = 1,
        Broken = AlongAxis.Broken,
        Call = (v, inputs, result) => AlongAxis.Call("Flip", v, inputs, result),
    };
}
