namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet AveragePoolSpread2dFacet() => new()
    {
        Inputs = 1,
        Broken = v => PoolingCall.Broken(v, v.Shape, v.Inputs[0].Shape),
        TotalFlops = v => PoolingCall.Flops(v, v.Shape, v.Inputs[0].Shape),
        Call = (v, inputs, result) => PoolingCall.Text("Share", v, v.Shape, v.Inputs[0].Shape, inputs, result),
    };
}
