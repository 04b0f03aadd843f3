namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet Conv2dFacet() => new()
    {
        Inputs = 2, ProductInputs = _ => [0, 1], HasEpilogue = true,
        Broken = v => ConvolutionCall.Broken(v, v.Inputs[0].Shape, v.Inputs[1].Shape, v.Shape),
        TotalFlops = v => ConvolutionCall.Flops(Window.Of(v.Attributes), v.Inputs[0].Shape, v.Shape),
        Call = (v, inputs, result) => ConvolutionCall.Text("Forward", Window.Of(v.Attributes), v.Inputs[0].Shape,
            v.Shape, inputs, result, isOpen: true),
    };
}
