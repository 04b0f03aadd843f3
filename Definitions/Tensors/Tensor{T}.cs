namespace ModelCompiler;

/// <summary>A tensor of <see cref="int"/> (tokens, labels, positions) or <see cref="bool"/> (conditions).</summary>
public sealed partial class Tensor<T> : TensorBase where T : unmanaged
{
    public override ElementType Type => typeof(T) == typeof(bool) ? ElementType.Boolean : ElementType.Int32;

    /// <summary>
    /// What every element is known to be below, for instance because this is a range; null if nothing is known.
    /// </summary>
    internal Dim? Limit { get; private init; }

    /// <summary>The same elements in other axes; the sizes must be equal.</summary>
    public Tensor<T> Reshape(params Dim[] dims) => Operators.Reshape(this, new Shape(dims));
}
