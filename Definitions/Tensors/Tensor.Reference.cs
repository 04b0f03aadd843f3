using System;
using System.Globalization;
using System.Linq;

namespace ModelCompiler;

public sealed partial class Tensor
{
    double[]? data;
    readonly Func<double[]>? fill;

    /// <summary>A tensor of given numbers.</summary>
    /// <param name="data">Row-major; as many as the shape has elements.</param>
    /// <param name="shape">Constant lengths, outermost first.</param>
    public Tensor(double[] data, params Dim[] shape) : this(data, new Shape(shape))
    {
    }

    /// <summary>A tensor of given numbers.</summary>
    public Tensor(ReadOnlySpan<float> data, params Dim[] shape) : this(Widen(data), new Shape(shape))
    {
    }

    /// <summary>A tensor of given numbers.</summary>
    /// <exception cref="ShapeException">There are more or fewer numbers than elements.</exception>
    public Tensor(double[] data, Shape shape) : base(shape)
    {
        if (data.Length != CountOf(shape))
            throw new ShapeException($"Tensor: {data.Length} numbers do not fill {shape}, which has {shape.Size} " +
                "elements") { Id = "MC1005" };
        this.data = data;
    }

    /// <summary>A parameter or state: numbers are made at first use.</summary>
    internal Tensor(Shape shape, string distribution, double scale, bool isTrained = true) : base(shape)
    {
        (IsParameter, Distribution, Scale) = (isTrained, distribution, scale);
        fill = () => Distribution == "constant" ? [.. Enumerable.Repeat(Scale, CountOf(Shape))]
            : Randomness.Numbers(Distribution, Scale, 0, "", CountOf(Shape), LastOf(Shape));
    }

    /// <summary>The elements in row-major order. Writing to them changes the tensor.</summary>
    public double[] Data => data ??= fill!();

    internal override Array Elements => Data;

    /// <summary>Made by <see cref="Parameter"/>, so that gradients flow to it; not what a <see cref="State"/> holds.
    /// </summary>
    public bool IsParameter { get; }

    /// <summary>A parameter's initialiser, such as "normal".</summary>
    public string Distribution { get; } = "";

    /// <summary>A parameter's standard deviation, bound or value.</summary>
    public double Scale { get; }

    internal void SetData(double[] numbers) => data = numbers;

    internal static int LastOf(Shape shape) => shape.Rank == 0 ? 1 : (int)shape[-1];

    static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = values[i];
        return wide;
    }

    internal static Tensor Apply(Primitive primitive, Shape shape, params TensorBase[] inputs) =>
        Apply(primitive, OperationAttributes.None, shape, inputs);

    internal static Tensor Apply(Primitive primitive, OperationAttributes attributes, Shape shape,
        params TensorBase[] inputs)
    {
        var result = new Tensor((double[])primitive.Facet.Evaluate(inputs, attributes, shape), shape);
        if (primitive.Gradient is not null && inputs.Any(i => i.NeedsGradient)) result.Node = new TapeNode(primitive,
            inputs, attributes);
        return result;
    }

    public override string ToString() =>
        $"{Shape} {{ {string.Join(", ", Data.Take(8).Select(x => x.ToString("g5", CultureInfo.InvariantCulture)))}"
            + $"{(Data.Length > 8 ? ", .." : "")} }}";
}
