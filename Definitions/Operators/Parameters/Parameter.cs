namespace ModelCompiler;

/// <summary>
/// Trainable tensors by their initialiser. Making one records shape and initialiser only; numbers come when they are
/// needed.
/// </summary>
public static partial class Parameter
{
    /// <summary>Normally distributed around 0.</summary>
    /// <param name="deviation">Standard deviation.</param>
    /// <param name="shape">Constant lengths.</param>
    public static partial Tensor Normal(double deviation, params Dim[] shape);

    /// <summary>Uniformly distributed in [-bound, bound].</summary>
    /// <param name="bound">Largest magnitude.</param>
    /// <param name="shape">Constant lengths.</param>
    public static partial Tensor Uniform(double bound, params Dim[] shape);

    /// <summary>One value everywhere.</summary>
    /// <param name="value">The value.</param>
    /// <param name="shape">Constant lengths.</param>
    public static partial Tensor Constant(double value, params Dim[] shape);

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(params Dim[] shape) => Constant(0, shape);

    /// <summary>Ones.</summary>
    public static Tensor Ones(params Dim[] shape) => Constant(1, shape);
}
