namespace ModelCompiler;

/// <summary>One operation on the eager tape.</summary>
sealed record TapeNode(Primitive Primitive, TensorBase[] Inputs, OperationAttributes Attributes);
