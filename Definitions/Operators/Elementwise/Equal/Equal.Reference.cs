namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet EqualFacet()
    {
        PrimitiveFacet compare = PrimitiveFacet.Compare((a, b) => a == b);
        return PrimitiveFacet.Of((inputs, attributes, shape) =>
        {
            if (attributes.Number == 1) CheckLabels(inputs[1], (int)inputs[0].Shape.Size, (int)attributes.Start);
            return compare.Evaluate(inputs, attributes, shape);
        });
    }

    static void CheckLabels(TensorBase labels, int classes, int ignored)
    {
        var numbers = (int[])labels.Elements;
        for (int i = 0; i < numbers.Length; i++)
            if ((uint)numbers[i] >= (uint)classes && (ignored == 0 || numbers[i] != ignored))
                throw new RowOutOfRangeException(
                    $"Label {numbers[i]} of row {i} is none of {classes} classes: give labels from 0 to " +
                        $"{classes - 1}{(ignored == 0 ? "" : $", or {ignored} where a row does not count")}.");
    }
}
