using System;
using System.Collections.Generic;

namespace ModelCompiler.Runtime.Training;

/// <summary>Hyperparameters of Lion: steps of the sign of an interpolated momentum.</summary>
/// <remarks>
/// <para><b>Source</b>: Chen et al., Symbolic Discovery of Optimization Algorithms (2023), algorithm 2. The authors
/// use a learning rate 3 to 10 times smaller than AdamW's and a weight decay as much larger.</para>
/// <para><b>Memory</b>: one number for each parameter.</para>
/// </remarks>
/// <example><code>new Lion(learningRate: 1e-4f, weightDecay: 0.1f)</code></example>
public sealed record Lion : Optimizer
{
    /// <summary>Chooses hyperparameters.</summary>
    /// <param name="learningRate">Initial step size, finite and at least 0.</param>
    /// <param name="beta1">How much of the momentum is in the step's direction, in [0, 1).</param>
    /// <param name="beta2">How much of the momentum stays from step to step, in [0, 1).</param>
    /// <param name="weightDecay">
    /// Part of each parameter, times the learning rate, taken away in a step; at least 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public Lion(float learningRate = 1e-4f, float beta1 = 0.9f, float beta2 = 0.99f, float weightDecay = 0.01f)
        : base(learningRate, weightDecay)
    {
        Beta1 = Hyperparameter.Fraction(beta1);
        Beta2 = Hyperparameter.Fraction(beta2);
    }

    /// <summary>How much of the momentum is in the step's direction.</summary>
    public float Beta1 { get; }

    /// <summary>How much of the momentum stays from step to step.</summary>
    public float Beta2 { get; }

    internal override IEnumerable<KeyValuePair<string, string>> Settings =>
        [Setting("beta1", Beta1), Setting("beta2", Beta2), Setting("weightDecay", WeightDecay)];
}
