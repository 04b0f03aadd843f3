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

    internal static Tensor<T> Apply(Primitive primitive, OperationAttributes attributes, Shape shape, Dim limit)
    {
        Tensor<T> range = Apply(primitive, attributes, shape);
        return new Tensor<T>(range.Value) { Limit = limit };
    }
}
