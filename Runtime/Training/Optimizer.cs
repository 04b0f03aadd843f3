using System;
using System.Collections.Generic;

namespace ModelCompiler.Runtime.Training;

/// <summary>Hyperparameters of an optimizer: what a trainer is made with, and what a checkpoint records.</summary>
/// <remarks>
/// The update itself is generated for each model that names the optimizer in <c>[Optimizers]</c>. All updates are the
/// same bits for any number of threads.
/// </remarks>
/// <example><code>
/// new AdamW(3e-4f, weightDecay: 0.1f) { Groups = [new ParameterGroup("*.bias", weightDecay: 0)] }
/// </code></example>
public abstract record Optimizer
{
    private protected Optimizer(float learningRate, float weightDecay)
    {
        LearningRate = Hyperparameter.NotNegative(learningRate);
        WeightDecay = Hyperparameter.NotNegative(weightDecay);
    }

    /// <summary>Initial step size; <see cref="ModelTrainer.LearningRate"/> is the present one.</summary>
    public float LearningRate { get; }

    /// <summary>How strongly parameters are pulled to zero; 0 for not at all.</summary>
    public float WeightDecay { get; }

    /// <summary>Parameters with settings of their own; the first group whose pattern matches counts.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>Name and value of each number that the update depends on, but for the learning rate.</summary>
    internal abstract IEnumerable<KeyValuePair<string, string>> Settings { get; }

    private protected static KeyValuePair<string, string> Setting(string name, IFormattable value) =>
        new(name, value.ToString(null, System.Globalization.CultureInfo.InvariantCulture));

    private protected static KeyValuePair<string, string> Setting(string name, bool value) =>
        new(name, value ? "true" : "false");
}
