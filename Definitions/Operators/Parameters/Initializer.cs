using System;

namespace ModelCompiler;

/// <summary>
/// How a layer's weights start, by how many numbers go into each sum and how many sums each number goes into.
/// </summary>
public sealed class Initializer
{
    readonly Func<int, int, Dim[], Tensor> create;

    Initializer(Func<int, int, Dim[], Tensor> create) => this.create = create;

    /// <summary>
    /// Uniform in ±gain · √(6 / (inputs + outputs)): signals and gradients keep their variance. Source: Glorot and
    /// Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks (2010).
    /// </summary>
    /// <param name="gain">What the activation behind the layer needs; 1 for none and tanh's start.</param>
    public static Initializer XavierUniform(double gain = 1) =>
        new((inputs, outputs, shape) => Parameter.Uniform(gain * Math.Sqrt(6.0 / (inputs + outputs)), shape));

    /// <summary>Normal of deviation gain · √(2 / (inputs + outputs)). Source: as <see cref="XavierUniform"/>.</summary>
    /// <param name="gain">As there.</param>
    public static Initializer XavierNormal(double gain = 1) =>
        new((inputs, outputs, shape) => Parameter.Normal(gain * Math.Sqrt(2.0 / (inputs + outputs)), shape));

    /// <summary>
    /// Uniform in ±gain · √(3 / inputs): signals keep their variance. Source: He et al., Delving Deep into Rectifiers
    /// (2015).
    /// </summary>
    /// <param name="gain">√2, the default, where a ReLU follows and halves the signal.</param>
    public static Initializer HeUniform(double gain = 1.4142135623730951) =>
        new((inputs, _, shape) => Parameter.Uniform(gain * Math.Sqrt(3.0 / inputs), shape));

    /// <summary>Normal of deviation gain / √inputs. Source: as <see cref="HeUniform"/>.</summary>
    /// <param name="gain">As there.</param>
    public static Initializer HeNormal(double gain = 1.4142135623730951) =>
        new((inputs, _, shape) => Parameter.Normal(gain / Math.Sqrt(inputs), shape));

    /// <summary>Uniform in ±bound.</summary>
    /// <param name="bound">Largest magnitude.</param>
    public static Initializer Uniform(double bound) => new((_, _, shape) => Parameter.Uniform(bound, shape));

    /// <summary>Normal around 0.</summary>
    /// <param name="deviation">Standard deviation.</param>
    public static Initializer Normal(double deviation) => new((_, _, shape) => Parameter.Normal(deviation, shape));

    /// <summary>Normal around 0, none further away than two deviations.</summary>
    /// <param name="deviation">Standard deviation before the tails are cut off.</param>
    public static Initializer TruncatedNormal(double deviation) =>
        new((_, _, shape) => Parameter.TruncatedNormal(deviation, shape));

    /// <summary>Orthogonal rows or columns.</summary>
    /// <param name="gain">Their length.</param>
    public static Initializer Orthogonal(double gain = 1) => new((_, _, shape) => Parameter.Orthogonal(gain, shape));

    /// <summary>One value everywhere.</summary>
    /// <param name="value">The value.</param>
    public static Initializer Constant(double value) => new((_, _, shape) => Parameter.Constant(value, shape));

    /// <summary>Makes a parameter.</summary>
    /// <param name="inputs">Numbers that each output sums.</param>
    /// <param name="outputs">Sums that each input goes into.</param>
    /// <param name="shape">Constant lengths.</param>
    public Tensor Create(int inputs, int outputs, params Dim[] shape) => create(inputs, outputs, shape);
}
