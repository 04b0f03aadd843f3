namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet AveragePoolSpread2dFacet() => PrimitiveFacet.Of((inputs, attributes, shape) =>
    {
        var dy = (double[])inputs[0].Elements;
        var dx = new double[TensorBase.CountOf(shape)];
        PoolingReference.ForEach(PoolingWindow.Of(attributes), shape, inputs[0].Shape, (at, places, count) =>
        {
            foreach (int place in places) dx[place] += dy[at] / count;
        });
        return dx;
    });
}
