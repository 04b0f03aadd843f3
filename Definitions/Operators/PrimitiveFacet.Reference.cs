using System;
using System.Linq;

namespace ModelCompiler;

/// <summary>How a primitive is evaluated eagerly: plain loops in double, slow on purpose.</summary>
public sealed class PrimitiveFacet
{
    /// <summary>Elements of the result, row-major, from the inputs.</summary>
    public delegate Array Evaluation(TensorBase[] inputs, OperationAttributes attributes, Shape shape);

    PrimitiveFacet(Evaluation evaluate) => Evaluate = evaluate;

    /// <summary>The computation.</summary>
    public Evaluation Evaluate { get; }

    internal static PrimitiveFacet Of(Evaluation evaluate) => new(evaluate);

    internal static PrimitiveFacet Map(Func<double, double> f) =>
        new((inputs, _, _) => Array.ConvertAll((double[])inputs[0].Elements, x => f(x)));

    internal static PrimitiveFacet Zip(Func<double, double, double> f) => new((inputs, _, shape) =>
    {
        (double[] a, double[] b) = ((double[])inputs[0].Elements, (double[])inputs[1].Elements);
        var result = new double[TensorBase.CountOf(shape)];
        (int[] x, int[] y) = (Places(inputs[0].Shape, shape), Places(inputs[1].Shape, shape));
        for (int i = 0; i < result.Length; i++) result[i] = f(a[x[i]], b[y[i]]);
        return result;
    });

    internal static PrimitiveFacet Compare(Func<double, double, bool> f) => new((inputs, _, shape) =>
    {
        (double[] a, double[] b) = (Numbers(inputs[0]), Numbers(inputs[1]));
        var result = new bool[TensorBase.CountOf(shape)];
        (int[] x, int[] y) = (Places(inputs[0].Shape, shape), Places(inputs[1].Shape, shape));
        for (int i = 0; i < result.Length; i++) result[i] = f(a[x[i]], b[y[i]]);
        return result;
    });

    internal static PrimitiveFacet Select() => new((inputs, _, shape) =>
    {
        var condition = (bool[])inputs[0].Elements;
        (double[] a, double[] b) = ((double[])inputs[1].Elements, (double[])inputs[2].Elements);
        (int[] c, int[] x, int[] y) = (Places(inputs[0].Shape, shape), Places(inputs[1].Shape, shape),
            Places(inputs[2].Shape, shape));
        var result = new double[c.Length];
        for (int i = 0; i < result.Length; i++) result[i] = condition[c[i]] ? a[x[i]] : b[y[i]];
        return result;
    });

    internal static PrimitiveFacet Combine(Func<bool, bool, bool> f) => new((inputs, _, shape) =>
    {
        (bool[] a, bool[] b) = ((bool[])inputs[0].Elements, (bool[])inputs[1].Elements);
        var result = new bool[TensorBase.CountOf(shape)];
        (int[] x, int[] y) = (Places(inputs[0].Shape, shape), Places(inputs[1].Shape, shape));
        for (int i = 0; i < result.Length; i++) result[i] = f(a[x[i]], b[y[i]]);
        return result;
    });

    internal static PrimitiveFacet Invert() =>
        new((inputs, _, _) => Array.ConvertAll((bool[])inputs[0].Elements, a => !a));

    internal static PrimitiveFacet ToIntegers() =>
        new((inputs, _, _) => Array.ConvertAll((double[])inputs[0].Elements, x => (int)x));

    internal static PrimitiveFacet FromIntegers() => new((inputs, _, _) => Numbers(inputs[0]));

    internal static PrimitiveFacet Permute() => new((inputs, attributes, shape) =>
        Moved(inputs[0], shape, axis => attributes.Axes[axis], 0));

    internal static PrimitiveFacet Broadcast() => new((inputs, _, shape) =>
    {
        var source = (double[])inputs[0].Elements;
        return Array.ConvertAll(Places(inputs[0].Shape, shape), place => source[place]);
    });

    internal static PrimitiveFacet Slice() => new((inputs, attributes, shape) =>
        Moved(inputs[0], shape, axis => axis,
            (int)attributes.Start * Stride(TensorBase.LengthsOf(inputs[0].Shape), attributes.Axes[0])));

    internal static PrimitiveFacet Pad() => new((inputs, attributes, shape) =>
    {
        var result = new double[TensorBase.CountOf(shape)];
        Insert(inputs[0], result, shape, attributes.Axes[0], (int)attributes.Start);
        return result;
    });

    internal static PrimitiveFacet Concatenate() => new((inputs, attributes, shape) =>
    {
        var result = new double[TensorBase.CountOf(shape)];
        int start = 0;
        foreach (TensorBase part in inputs)
        {
            Insert(part, result, shape, attributes.Axes[0], start);
            start += (int)part.Shape[attributes.Axes[0]];
        }
        return result;
    });

    internal static PrimitiveFacet Fold(double seed, Func<double, double, double> f) =>
        new((inputs, attributes, shape) =>
    {
        var source = (double[])inputs[0].Elements;
        int[] lengths = TensorBase.LengthsOf(inputs[0].Shape);
        int stride = Stride(lengths, attributes.Axes[0]), count = lengths[attributes.Axes[0]];
        var result = new double[TensorBase.CountOf(shape)];
        for (int i = 0; i < result.Length; i++)
        {
            int start = i / stride * stride * count + i % stride;
            double sum = seed;
            for (int k = 0; k < count; k++) sum = f(sum, source[start + k * stride]);
            result[i] = sum;
        }
        return result;
    });

    /// <summary>Running sums along an axis; where the attribute's number is 1, from its end.</summary>
    internal static PrimitiveFacet Accumulate() => new((inputs, attributes, shape) =>
    {
        var source = (double[])inputs[0].Elements;
        int[] lengths = TensorBase.LengthsOf(shape);
        int stride = Stride(lengths, attributes.Axes[0]), count = lengths[attributes.Axes[0]];
        var result = new double[source.Length];
        for (int i = 0; i < source.Length; i++)
        {
            int place = i / stride % count;
            (int from, int to) = attributes.Number == 1 ? (place, count) : (0, place + 1);
            for (int k = from; k < to; k++) result[i] += source[i + (k - place) * stride];
        }
        return result;
    });

    internal static PrimitiveFacet Flip() => new((inputs, attributes, shape) =>
    {
        var source = (double[])inputs[0].Elements;
        int[] lengths = TensorBase.LengthsOf(shape);
        int stride = Stride(lengths, attributes.Axes[0]), count = lengths[attributes.Axes[0]];
        var result = new double[source.Length];
        for (int i = 0; i < source.Length; i++)
            result[i] = source[i + (count - 1 - 2 * (i / stride % count)) * stride];
        return result;
    });

    internal static PrimitiveFacet MatMul() => new((inputs, _, shape) =>
    {
        (double[] a, double[] b) = ((double[])inputs[0].Elements, (double[])inputs[1].Elements);
        int m = (int)shape[-2], n = (int)shape[-1], k = (int)inputs[0].Shape[-1];
        var batch = new Shape([.. shape.Dims.Take(shape.Rank - 2)]);
        int[] first = Places(new Shape([.. inputs[0].Shape.Dims.Take(inputs[0].Shape.Rank - 2)]), batch);
        int[] second = Places(new Shape([.. inputs[1].Shape.Dims.Take(inputs[1].Shape.Rank - 2)]), batch);
        var result = new double[TensorBase.CountOf(shape)];
        for (int p = 0; p < first.Length; p++)
            for (int i = 0; i < m; i++)
                for (int j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (int l = 0; l < k; l++) sum += a[(first[p] * m + i) * k + l] * b[(second[p] * k + l) * n + j];
                    result[(p * m + i) * n + j] = sum;
                }
        return result;
    });

    internal static PrimitiveFacet Gather() => new((inputs, _, shape) =>
    {
        (double[] table, int[] rows) = ((double[])inputs[0].Elements, (int[])inputs[1].Elements);
        int width = (int)shape[-1];
        var result = new double[TensorBase.CountOf(shape)];
        for (int i = 0; i < rows.Length; i++)
            Array.Copy(table, InRange(rows[i], i, (int)inputs[0].Shape[0]) * width, result, i * width, width);
        return result;
    });

    internal static PrimitiveFacet ScatterAdd() => new((inputs, _, shape) =>
    {
        (double[] values, int[] rows) = ((double[])inputs[0].Elements, (int[])inputs[1].Elements);
        int width = (int)shape[-1];
        var result = new double[TensorBase.CountOf(shape)];
        for (int i = 0; i < rows.Length; i++)
        {
            int row = InRange(rows[i], i, (int)shape[0]);
            for (int c = 0; c < width; c++) result[row * width + c] += values[i * width + c];
        }
        return result;
    });

    static int InRange(int row, int place, int bound) => (uint)row < (uint)bound
        ? row
        : throw new RowOutOfRangeException($"Row {row} at place {place} is not in the table, which has {bound} rows: " +
            $"give numbers from 0 to {bound - 1}.");

    static double[] Numbers(TensorBase tensor) =>
        tensor.Elements is int[] integers ? Array.ConvertAll(integers, x => (double)x) : (double[])tensor.Elements;

    static int Stride(int[] lengths, int axis) => lengths.Skip(axis + 1).Aggregate(1, (a, b) => a * b);

    static void Insert(TensorBase part, double[] whole, Shape shape, int axis, int start)
    {
        var source = (double[])part.Elements;
        int inner = Stride(TensorBase.LengthsOf(shape), axis), length = (int)part.Shape[axis] * inner,
            total = (int)shape[axis] * inner;
        for (int outer = 0; outer * length < source.Length; outer++)
            Array.Copy(source, outer * length, whole, outer * total + start * inner, length);
    }

    /// <summary>Elements of a view whose axis k walks along an axis of the source.</summary>
    static double[] Moved(TensorBase source, Shape shape, Func<int, int> axisOf, int offset)
    {
        var from = (double[])source.Elements;
        int[] lengths = TensorBase.LengthsOf(source.Shape), to = TensorBase.LengthsOf(shape);
        int[] strides = [.. Enumerable.Range(0, to.Length).Select(axis => Stride(lengths, axisOf(axis)))];
        return Array.ConvertAll(Walk(to, strides, offset), place => from[place]);
    }

    /// <summary>
    /// For every element of a shape, the place of the element it reads in a tensor that broadcasts to it.
    /// </summary>
    static int[] Places(Shape from, Shape to)
    {
        int[] lengths = TensorBase.LengthsOf(from), all = TensorBase.LengthsOf(to);
        int extra = all.Length - lengths.Length;
        int[] strides = [.. Enumerable.Range(0, all.Length)
            .Select(a => a < extra || lengths[a - extra] == 1 ? 0 : Stride(lengths, a - extra))];
        return Walk(all, strides, 0);
    }

    static int[] Walk(int[] lengths, int[] strides, int offset)
    {
        var places = new int[lengths.Aggregate(1, (a, b) => a * b)];
        var index = new int[lengths.Length];
        int place = offset;
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = place;
            for (int axis = lengths.Length - 1; axis >= 0; axis--)
            {
                place += strides[axis];
                if (++index[axis] < lengths[axis]) break;
                place -= strides[axis] * lengths[axis];
                index[axis] = 0;
            }
        }
        return places;
    }
}
