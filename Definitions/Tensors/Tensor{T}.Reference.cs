using System;

namespace ModelCompiler;

public sealed partial class Tensor<T>
{
    /// <summary>A tensor of given elements.</summary>
    /// <param name="data">Row-major; as many as the shape has elements.</param>
    /// <param name="shape">Constant lengths, outermost first.</param>
    public Tensor(T[] data, params Dim[] shape) : this(data, new Shape(shape))
    {
    }

    /// <summary>A tensor of given elements.</summary>
    /// <exception cref="ShapeException">There are more or fewer than the shape has elements.</exception>
    public Tensor(T[] data, Shape shape) : base(shape)
    {
        if (data.Length != CountOf(shape))
            throw new ShapeException(
                $"Tensor: {data.Length} elements do not fill {shape}, which has {shape.Size}") { Id = "MC1005" };
        Data = data;
    }

    /// <summary>The elements in row-major order.</summary>
    public T[] Data { get; }

    internal override Array Elements => Data;

    internal static Tensor<T> Apply(Primitive primitive, Shape shape, params TensorBase[] inputs) =>
        Apply(primitive, OperationAttributes.None, shape, inputs);

    internal static Tensor<T> Apply(Primitive primitive, OperationAttributes attributes, Shape shape,
        params TensorBase[] inputs) =>
        new((T[])primitive.Facet.Evaluate(inputs, attributes, shape), shape);

    internal static Tensor<T> Apply(Primitive primitive, OperationAttributes attributes, Shape shape, Dim limit) =>
        Apply(primitive, attributes, shape).Below(limit);

    /// <summary>This tensor, every element of which is known to be below a limit.</summary>
    internal Tensor<T> Below(Dim? limit) => limit is null ? this : new Tensor<T>(Data, Shape) { Limit = limit };
}
