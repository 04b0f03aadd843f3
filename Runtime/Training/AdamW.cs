using System;
using System.Collections.Generic;

namespace ModelCompiler.Runtime.Training;

/// <summary>Hyperparameters of Adam with decoupled weight decay.</summary>
/// <remarks>
/// <para><b>Source</b>: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2,
/// bias-corrected; Kingma and Ba, Adam (2015).</para>
/// <para><b>Memory</b>: two numbers for each parameter.</para>
/// </remarks>
/// <example><code>new AdamW(learningRate: 3e-4f, weightDecay: 0.1f)</code></example>
public sealed record AdamW : Optimizer
{
    /// <summary>Chooses hyperparameters.</summary>
    /// <param name="learningRate">Initial step size, finite and at least 0; change
    /// <see cref="ModelTrainer.LearningRate"/> or set <see cref="ModelTrainer.Schedule"/> for a schedule.</param>
    /// <param name="beta1">How much of the mean gradient stays from step to step, in [0, 1).</param>
    /// <param name="beta2">How much of the mean squared gradient stays, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the mean square; above 0.</param>
    /// <param name="weightDecay">
    /// Part of each parameter, times the learning rate, taken away in a step; at least 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public AdamW(float learningRate = 3e-4f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f,
        float weightDecay = 0.01f) : base(learningRate, weightDecay)
    {
        Beta1 = Hyperparameter.Fraction(beta1);
        Beta2 = Hyperparameter.Fraction(beta2);
        Epsilon = Hyperparameter.Positive(epsilon);
    }

    /// <summary>How much of the mean gradient stays from step to step.</summary>
    public float Beta1 { get; }

    /// <summary>How much of the mean squared gradient stays from step to step.</summary>
    public float Beta2 { get; }

    /// <summary>Added to the root of the mean square.</summary>
    public float Epsilon { get; }

    internal override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        Setting("beta1", Beta1), Setting("beta2", Beta2), Setting("epsilon", Epsilon),
        Setting("weightDecay", WeightDecay),
    ];
}
