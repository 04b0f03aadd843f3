using System;
using System.Collections.Generic;

namespace ModelCompiler.Runtime.Training;

/// <summary>Hyperparameters of Adafactor: second moments of matrices kept as one number a row and one a column.
/// </summary>
/// <remarks>
/// <para><b>Source</b>: Shazeer and Stern, Adafactor (2018), algorithms 4 to 6 without momentum. Matrices are the last
/// two axes of a tensor of two or more; what is measured over a tensor (the length of its update, its size) is measured
/// over each layer's by itself.</para>
/// <para><b>Memory</b>: rows + columns numbers for each matrix, one for each element of tensors of one axis.</para>
/// <para><b>Numerics</b>: sums over rows, columns and tensors in double.</para>
/// </remarks>
/// <example><code>new Adafactor()   // relative steps: no learning rate to choose
/// new Adafactor(learningRate: 1e-3f, relativeStep: false, scaleByParameter: false)</code></example>
public sealed record Adafactor : Optimizer
{
    /// <summary>Chooses hyperparameters.</summary>
    /// <param name="learningRate">
    /// Step size, finite and at least 0; with <paramref name="relativeStep"/> the largest one.
    /// </param>
    /// <param name="relativeStep">Whether the step size is at most 1/√step (section 8).</param>
    /// <param name="scaleByParameter">Whether steps are multiples of the tensor's root mean square (section 8).</param>
    /// <param name="clipThreshold">Updates whose root mean square is larger are scaled down to it; above 0.</param>
    /// <param name="decayPower">The second moment's decay in step t is 1 - t to the minus this, in (0, 1).</param>
    /// <param name="squareEpsilon">Added to squared gradients; above 0.</param>
    /// <param name="parameterEpsilon">The least root mean square that steps are multiples of; above 0.</param>
    /// <param name="weightDecay">
    /// Part of each parameter, times the step size, taken away in a step; at least 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public Adafactor(float learningRate = 1e-2f, bool relativeStep = true, bool scaleByParameter = true,
        float clipThreshold = 1, float decayPower = 0.8f, float squareEpsilon = 1e-30f, float parameterEpsilon = 1e-3f,
        float weightDecay = 0) : base(learningRate, weightDecay)
    {
        RelativeStep = relativeStep;
        ScaleByParameter = scaleByParameter;
        ClipThreshold = Hyperparameter.Positive(clipThreshold);
        DecayPower = Hyperparameter.Fraction(Hyperparameter.Positive(decayPower));
        SquareEpsilon = Hyperparameter.Positive(squareEpsilon);
        ParameterEpsilon = Hyperparameter.Positive(parameterEpsilon);
    }

    /// <summary>Whether the step size is at most 1/√step.</summary>
    public bool RelativeStep { get; }

    /// <summary>Whether steps are multiples of the tensor's root mean square.</summary>
    public bool ScaleByParameter { get; }

    /// <summary>The largest root mean square of an update.</summary>
    public float ClipThreshold { get; }

    /// <summary>The second moment's decay in step t is 1 - t to the minus this.</summary>
    public float DecayPower { get; }

    /// <summary>Added to squared gradients.</summary>
    public float SquareEpsilon { get; }

    /// <summary>The least root mean square that steps are multiples of.</summary>
    public float ParameterEpsilon { get; }

    internal override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        Setting("relativeStep", RelativeStep), Setting("scaleByParameter", ScaleByParameter),
        Setting("clipThreshold", ClipThreshold), Setting("decayPower", DecayPower),
        Setting("squareEpsilon", SquareEpsilon), Setting("parameterEpsilon", ParameterEpsilon),
        Setting("weightDecay", WeightDecay),
    ];
}
