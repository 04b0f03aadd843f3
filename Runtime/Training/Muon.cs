using System;
using System.Collections.Generic;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// Hyperparameters of Muon: the momentum of each matrix, made orthogonal; AdamW for all other parameters.
/// </summary>
/// <remarks>
/// <para><b>Source</b>: Jordan et al., Muon: An optimizer for hidden layers in neural networks (2024), with its
/// quintic Newton–Schulz iteration (3.4445, -4.7750, 2.0315) of five steps; scale of updates after Liu et al., Muon is
/// Scalable for LLM Training (2025), section 2.2, or as in the first.</para>
/// <para>Matrices are tensors of two or more axes that nothing looks rows up in; of more axes, the first against the
/// others. Tables that rows are looked up in, and tensors of one axis, are updated by AdamW.</para>
/// <para><b>Memory</b>: one number for each parameter, a second for those that AdamW updates, and room to make the
/// largest matrix orthogonal.</para>
/// <para><b>Numerics</b>: matrix products in fp32, the norm in double.</para>
/// </remarks>
/// <example><code>new Muon(learningRate: 2e-3f, weightDecay: 0.1f)</code></example>
public sealed record Muon : Optimizer
{
    /// <summary>Chooses hyperparameters.</summary>
    /// <param name="learningRate">Initial step size, finite and at least 0.</param>
    /// <param name="momentum">How much of a matrix's momentum stays from step to step, in [0, 1).</param>
    /// <param name="nesterov">Whether the direction is gradient + momentum · momentum's vector.</param>
    /// <param name="matchAdamW">
    /// Whether a matrix's update is multiplied by 0.2 · √(the longer side), so that AdamW's learning rates and decay
    /// suit it; without it, by √max(1, outputs / inputs).
    /// </param>
    /// <param name="adamWRateScale">AdamW's learning rate as a multiple of this one's; at least 0.</param>
    /// <param name="beta1">AdamW's decay of the mean gradient, in [0, 1).</param>
    /// <param name="beta2">AdamW's decay of the mean squared gradient, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of AdamW's mean square; above 0.</param>
    /// <param name="weightDecay">
    /// Part of each parameter, times the learning rate, taken away in a step; at least 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public Muon(float learningRate = 2e-3f, float momentum = 0.95f, bool nesterov = true, bool matchAdamW = true,
        float adamWRateScale = 1, float beta1 = 0.9f, float beta2 = 0.95f, float epsilon = 1e-8f,
        float weightDecay = 0.1f) : base(learningRate, weightDecay)
    {
        Momentum = Hyperparameter.Fraction(momentum);
        Nesterov = nesterov;
        MatchAdamW = matchAdamW;
        AdamWRateScale = Hyperparameter.NotNegative(adamWRateScale);
        Beta1 = Hyperparameter.Fraction(beta1);
        Beta2 = Hyperparameter.Fraction(beta2);
        Epsilon = Hyperparameter.Positive(epsilon);
    }

    /// <summary>How much of a matrix's momentum stays from step to step.</summary>
    public float Momentum { get; }

    /// <summary>Whether the direction looks ahead along the momentum.</summary>
    public bool Nesterov { get; }

    /// <summary>Whether updates of matrices have the size of AdamW's.</summary>
    public bool MatchAdamW { get; }

    /// <summary>AdamW's learning rate as a multiple of the matrices'.</summary>
    public float AdamWRateScale { get; }

    /// <summary>AdamW's decay of the mean gradient.</summary>
    public float Beta1 { get; }

    /// <summary>AdamW's decay of the mean squared gradient.</summary>
    public float Beta2 { get; }

    /// <summary>Added to the root of AdamW's mean square.</summary>
    public float Epsilon { get; }

    internal override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        Setting("momentum", Momentum), Setting("nesterov", Nesterov), Setting("matchAdamW", MatchAdamW),
        Setting("adamWRateScale", AdamWRateScale), Setting("beta1", Beta1), Setting("beta2", Beta2),
        Setting("epsilon", Epsilon), Setting("weightDecay", WeightDecay),
    ];
}
