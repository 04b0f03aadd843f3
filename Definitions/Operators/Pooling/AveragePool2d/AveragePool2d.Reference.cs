namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet AveragePool2dFacet() => PrimitiveFacet.Of((inputs, attributes, shape) =>
    {
        var x = (double[])inputs[0].Elements;
        var y = new double[TensorBase.CountOf(shape)];
        PoolingReference.ForEach(PoolingWindow.Of(attributes), inputs[0].Shape, shape, (at, places, count) =>
        {
            double sum = 0;
            foreach (int place in places) sum += x[place];
            y[at] = sum / count;
        });
        return y;
    });
}
