namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MaxPoolPick2dFacet() => new()
    {
        Inputs = 2,
        Broken = v => v.Inputs[1].Shape.Equals(v.Inputs[0].Shape)
            ? PoolingCall.Broken(v, v.Inputs[0].Shape, v.Shape) : $"picks of {v.Inputs[1].Shape}",
        TotalFlops = v => PoolingCall.Flops(v, v.Inputs[0].Shape, v.Shape),
        Call = (v, inputs, result) => PoolingCall.Text("Pick", v, v.Inputs[0].Shape, v.Shape, inputs, result),
    };
}
