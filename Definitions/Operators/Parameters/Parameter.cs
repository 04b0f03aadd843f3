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

    /// <summary>Normally distributed around 0, none further away than two deviations.</summary>
    /// <param name="deviation">Standard deviation before the tails are cut off; 0.88 of it is left.</param>
    /// <param name="shape">Constant lengths.</param>
    public static partial Tensor TruncatedNormal(double deviation, params Dim[] shape);

    /// <summary>
    /// A random matrix whose rows, or columns where there are fewer, are orthogonal to each other. Axes before the last
    /// are rows.
    /// </summary>
    /// <param name="gain">The length of each row or column.</param>
    /// <param name="shape">Constant lengths.</param>
    public static partial Tensor Orthogonal(double gain, params Dim[] shape);

    /// <summary>One value everywhere.</summary>
    /// <param name="value">The value.</param>
    /// <param name="shape">Constant lengths.</param>
    public static partial Tensor Constant(double value, params Dim[] shape);

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(params Dim[] shape) => Constant(0, shape);

    /// <summary>Ones.</summary>
    public static Tensor Ones(params Dim[] shape) => Constant(1, shape);
}
