namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet CumulativeSumFacet() => new()
    {
        Inputs = 1,
        Broken = AlongAxis.Broken,
        Call = (v, inputs, result) => AlongAxis.Call("CumulativeSum", v, inputs, result,
            v.Attributes.Number == 1 ? ", reversed: true" : ", reversed: false"),
    };
}
