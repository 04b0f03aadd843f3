namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MaxPoolSpread2dFacet() => new()
    {
        Inputs = 2,
        Broken = v => v.Inputs[0].Shape.Equals(v.Shape)
            ? PoolingCall.Broken(v, v.Shape, v.Inputs[1].Shape) : $"spreads over {v.Inputs[0].Shape}",
        TotalFlops = v => PoolingCall.Flops(v, v.Shape, v.Inputs[1].Shape),
        Call = (v, inputs, result) => PoolingCall.Text("Spread", v, v.Shape, v.Inputs[1].Shape, inputs, result),
    };
}
