using ModelCompiler.Graphs;
using ModelCompiler.IR;

namespace ModelCompiler;

public sealed partial class Tensor<T>
{
    internal Tensor(Value value) : base(value, null) { }

    internal static Tensor<T> Apply(Primitive primitive, Shape shape, params TensorBase[] inputs) =>
        Apply(primitive, OperationAttributes.None, shape, inputs);

    internal static Tensor<T> Apply(Primitive primitive, OperationAttributes attributes, Shape shape,
        params TensorBase[] inputs) =>
        new(Recorder.Current.Record(primitive, attributes, shape,
            typeof(T) == typeof(bool) ? ElementType.Boolean : ElementType.Int32, inputs));

    internal static Tensor<T> Apply(Primitive primitive, OperationAttributes attributes, Shape shape, Dim limit) =>
        Apply(primitive, attributes, shape).Below(limit);

    /// <summary>This tensor, every element of which is known to be below a limit.</summary>
    internal Tensor<T> Below(Dim? limit) => limit is null ? this : new Tensor<T>(Value) { Limit = limit };
}
