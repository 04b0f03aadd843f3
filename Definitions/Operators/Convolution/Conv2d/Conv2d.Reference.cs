namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet Conv2dFacet() => PrimitiveFacet.Of((inputs, attributes, shape) =>
    {
        (double[] x, double[] weight) = ((double[])inputs[0].Elements, (double[])inputs[1].Elements);
        var y = new double[TensorBase.CountOf(shape)];
        ConvolutionReference.ForEach(Window.Of(attributes), inputs[0].Shape, shape,
            (i, w, o) => y[o] += x[i] * weight[w]);
        return y;
    });
}
