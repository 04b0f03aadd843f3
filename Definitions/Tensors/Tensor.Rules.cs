using System.Collections.Generic;
using ModelCompiler.Graphs;
using ModelCompiler.IR;

namespace ModelCompiler;

public sealed partial class Tensor
{
    internal Tensor(Value value, IReadOnlyList<StackScope>? stacks = null) : base(value, stacks) { }

    internal static Tensor Apply(Primitive primitive, Shape shape, params TensorBase[] inputs) =>
        Apply(primitive, OperationAttributes.None, shape, inputs);

    internal static Tensor Apply(Primitive primitive, OperationAttributes attributes, Shape shape,
        params TensorBase[] inputs) =>
        new(Recorder.Current.Record(primitive, attributes, shape, ElementType.Float32, inputs));
}
