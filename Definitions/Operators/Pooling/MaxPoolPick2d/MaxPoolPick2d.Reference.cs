namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MaxPoolPick2dFacet() => PrimitiveFacet.Of((inputs, attributes, shape) =>
    {
        (double[] x, double[] values) = ((double[])inputs[0].Elements, (double[])inputs[1].Elements);
        var y = new double[TensorBase.CountOf(shape)];
        PoolingReference.ForEach(PoolingWindow.Of(attributes), inputs[0].Shape, shape,
            (at, places, _) => y[at] = values[PoolingReference.Largest(x, places)]);
        return y;
    });
}
