namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ConvTranspose2dFacet() => new()
    {
        Inputs = 2, ProductInputs = _ => [0, 1],
        Broken = v => ConvolutionCall.Broken(v, v.Shape, v.Inputs[1].Shape, v.Inputs[0].Shape),
        TotalFlops = v => ConvolutionCall.Flops(Window.Of(v.Attributes), v.Shape, v.Inputs[0].Shape),
        Call = (v, inputs, result) => ConvolutionCall.Text("InputGradient", Window.Of(v.Attributes), v.Shape,
            v.Inputs[0].Shape, inputs, result, isOpen: false),
    };
}
