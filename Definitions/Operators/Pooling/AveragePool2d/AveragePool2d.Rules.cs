namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet AveragePool2dFacet() => new()
    {
        Inputs = 1,
        Broken = v => PoolingCall.Broken(v, v.Inputs[0].Shape, v.Shape),
        TotalFlops = v => PoolingCall.Flops(v, v.Inputs[0].Shape, v.Shape),
        Call = (v, inputs, result) => PoolingCall.Text("Average", v, v.Inputs[0].Shape, v.Shape, inputs, result),
    };
}
