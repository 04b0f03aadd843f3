namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet Conv2dWeightGradientFacet() => new()
    {
        Inputs = 2, ProductInputs = _ => [0, 1],
        Broken = v => ConvolutionCall.Broken(v, v.Inputs[0].Shape, v.Shape, v.Inputs[1].Shape),
        TotalFlops = v => ConvolutionCall.Flops(Window.Of(v.Attributes), v.Inputs[0].Shape, v.Inputs[1].Shape),
        Call = (v, inputs, result) => ConvolutionCall.Text("WeightGradient", Window.Of(v.Attributes),
            v.Inputs[0].Shape, v.Inputs[1].Shape, inputs, result, isOpen: false),
    };
}
