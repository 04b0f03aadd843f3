using System;
using System.Collections.Generic;

namespace ModelCompiler.Runtime.Training;

/// <summary>Hyperparameters of stochastic gradient descent with momentum.</summary>
/// <remarks>
/// <para><b>Source</b>: Sutskever et al., On the importance of initialization and momentum in deep learning (2013),
/// section 2, with the learning rate outside of the velocity; weight decay is added to the gradient. Nesterov's form
/// steps by gradient + momentum · velocity, the velocity being this step's.</para>
/// <para><b>Memory</b>: one number for each parameter.</para>
/// </remarks>
/// <example><code>new Sgd(learningRate: 0.1f, momentum: 0.9f, nesterov: true)</code></example>
public sealed record Sgd : Optimizer
{
    /// <summary>Chooses hyperparameters.</summary>
    /// <param name="learningRate">Initial step size, finite and at least 0; change
    /// <see cref="ModelTrainer.LearningRate"/> or set <see cref="ModelTrainer.Schedule"/> for a schedule.</param>
    /// <param name="momentum">How much of the velocity stays from step to step, in [0, 1).</param>
    /// <param name="weightDecay">Part of each parameter that is added to its gradient; at least 0.</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    /// <exception cref="ArgumentException">Nesterov's form without momentum.</exception>
    public Sgd(float learningRate, float momentum = 0, float weightDecay = 0, bool nesterov = false)
        : base(learningRate, weightDecay)
    {
        Momentum = Hyperparameter.Fraction(momentum);
        if (nesterov && momentum == 0)
        {
            throw new ArgumentException("Nesterov's form looks ahead along the velocity, but momentum is 0. " +
                "Give momentum a value such as 0.9, or leave nesterov out.", nameof(nesterov));
        }
        Nesterov = nesterov;
    }

    /// <summary>How much of the velocity stays from step to step.</summary>
    public float Momentum { get; }

    /// <summary>Whether steps look ahead along the velocity.</summary>
    public bool Nesterov { get; }

    internal override IEnumerable<KeyValuePair<string, string>> Settings =>
        [Setting("momentum", Momentum), Setting("weightDecay", WeightDecay), Setting("nesterov", Nesterov)];
}
