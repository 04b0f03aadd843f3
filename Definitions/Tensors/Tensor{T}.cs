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

    public static Tensor<bool> operator <(Tensor<T> a, Tensor<T> b) =>
        Operators.Less(a.As<int>("<", "integers"), b.As<int>("<", "integers"));
    public static Tensor<bool> operator >(Tensor<T> a, Tensor<T> b) =>
        Operators.Less(b.As<int>(">", "integers"), a.As<int>(">", "integers"));
    public static Tensor<bool> operator <=(Tensor<T> a, Tensor<T> b) =>
        Operators.LessOrEqual(a.As<int>("<=", "integers"), b.As<int>("<=", "integers"));
    public static Tensor<bool> operator >=(Tensor<T> a, Tensor<T> b) =>
        Operators.LessOrEqual(b.As<int>(">=", "integers"), a.As<int>(">=", "integers"));
    public static Tensor<bool> operator &(Tensor<T> a, Tensor<T> b) =>
        Operators.And(a.As<bool>("&", "conditions"), b.As<bool>("&", "conditions"));
    public static Tensor<bool> operator |(Tensor<T> a, Tensor<T> b) =>
        Operators.Or(a.As<bool>("|", "conditions"), b.As<bool>("|", "conditions"));
    public static Tensor<bool> operator !(Tensor<T> a) => Operators.Not(a.As<bool>("!", "conditions"));

    /// <summary>C# cannot give an operator to one of two element types: the other is refused here.</summary>
    Tensor<TElement> As<TElement>(string sign, string of) where TElement : unmanaged =>
        (object)this as Tensor<TElement> ?? throw new ShapeException(
            $"{sign} is for {of}; this is a tensor of {(typeof(T) == typeof(bool) ? "conditions" : "integers")}. " +
                "Compare numbers first, or combine conditions with &, | and !") { Id = "MC1116" };
}
