namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ConvTranspose2dFacet() => PrimitiveFacet.Of((inputs, attributes, shape) =>
    {
        (double[] y, double[] weight) = ((double[])inputs[0].Elements, (double[])inputs[1].Elements);
        var x = new double[TensorBase.CountOf(shape)];
        ConvolutionReference.ForEach(Window.Of(attributes), shape, inputs[0].Shape,
            (i, w, o) => x[i] += y[o] * weight[w]);
        return x;
    });
}
