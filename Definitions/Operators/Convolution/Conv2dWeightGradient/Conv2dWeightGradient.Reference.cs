namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet Conv2dWeightGradientFacet() =>
        PrimitiveFacet.Of((inputs, attributes, shape) =>
    {
        (double[] x, double[] dy) = ((double[])inputs[0].Elements, (double[])inputs[1].Elements);
        var weight = new double[TensorBase.CountOf(shape)];
        ConvolutionReference.ForEach(Window.Of(attributes), inputs[0].Shape, inputs[1].Shape,
            (i, w, o) => weight[w] += x[i] * dy[o]);
        return weight;
    });
}
