namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MaxPoolSpread2dFacet() => PrimitiveFacet.Of((inputs, attributes, shape) =>
    {
        (double[] x, double[] dy) = ((double[])inputs[0].Elements, (double[])inputs[1].Elements);
        var dx = new double[TensorBase.CountOf(shape)];
        PoolingReference.ForEach(PoolingWindow.Of(attributes), shape, inputs[1].Shape,
            (at, places, _) => dx[PoolingReference.Largest(x, places)] += dy[at]);
        return dx;
    });
}
