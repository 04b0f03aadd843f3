using System;

namespace ModelCompiler.Runtime.Training;

/// <summary>Hyperparameters of stochastic gradient descent with momentum.</summary>
/// <remarks>
/// <para><b>Source</b>: Sutskever et al., On the importance of initialization and momentum in deep learning (2013),
/// section 2, with the learning rate outside of the velocity; weight decay is added to the gradient.</para>
/// <para><b>Memory</b>: one number for each parameter.</para>
/// </remarks>
/// <example><code>new Sgd(learningRate: 0.1f, momentum: 0.9f)</code></example>
public sealed record Sgd
{
    /// <summary>Chooses hyperparameters.</summary>
    /// <param name="learningRate">Initial step size, finite and at least 0; change
    /// <see cref="ModelTrainer.LearningRate"/> for a schedule.</param>
    /// <param name="momentum">How much of the velocity stays from step to step, in [0, 1).</param>
    /// <param name="weightDecay">Part of each parameter that is added to its gradient; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public Sgd(float learningRate, float momentum = 0, float weightDecay = 0)
    {
        LearningRate = Hyperparameter.NotNegative(learningRate);
        Momentum = Hyperparameter.Fraction(momentum);
        WeightDecay = Hyperparameter.NotNegative(weightDecay);
    }

    /// <summary>Initial step size.</summary>
    public float LearningRate { get; }

    /// <summary>How much of the velocity stays from step to step.</summary>
    public float Momentum { get; }

    /// <summary>Part of each parameter that is added to its gradient.</summary>
    public float WeightDecay { get; }
}
