using System;
using System.IO.Enumeration;

namespace ModelCompiler.Runtime.Training;

/// <summary>Parameters, chosen by name, with settings of their own.</summary>
/// <example><code>
/// new AdamW(3e-4f, weightDecay: 0.1f)
/// {
///     Groups = [new ParameterGroup("*.bias", weightDecay: 0),
///         new ParameterGroup("tokens.*", learningRateScale: 0.1f)],
/// }
/// </code></example>
public sealed record ParameterGroup
{
    /// <summary>Describes a group.</summary>
    /// <param name="pattern">
    /// Field paths such as <c>blocks.3.attention.query.weight</c>; <c>*</c> stands for any characters, dots included,
    /// <c>?</c> for one. Repeated layers go by their numbers: <c>blocks.0.*</c> is the first block.
    /// </param>
    /// <param name="learningRateScale">The group's learning rate as a multiple of the trainer's; at least 0.</param>
    /// <param name="weightDecay">The group's weight decay, at least 0; null for the optimizer's.</param>
    /// <exception cref="ArgumentException">An empty pattern.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public ParameterGroup(string pattern, float learningRateScale = 1, float? weightDecay = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        Pattern = pattern;
        LearningRateScale = Hyperparameter.NotNegative(learningRateScale);
        WeightDecay = weightDecay is { } decay ? Hyperparameter.NotNegative(decay, nameof(weightDecay)) : null;
    }

    /// <summary>
    /// Axes that a tensor may have to belong to it; null for any number. With 1 it is of gains and biases, which weight
    /// decay is usually not for, whatever their names.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    /// <example><code>
    /// new AdamW(3e-4f, weightDecay: 0.1f) { Groups = [new ParameterGroup("*", weightDecay: 0) { MostAxes = 1 }] }
    /// </code></example>
    public int? MostAxes
    {
        get;
        init
        {
            if (value is { } most) ArgumentOutOfRangeException.ThrowIfNegative(most);
            field = value;
        }
    }

    /// <summary>Which names belong to it.</summary>
    public string Pattern { get; }

    /// <summary>The group's learning rate as a multiple of the trainer's.</summary>
    public float LearningRateScale { get; }

    /// <summary>The group's weight decay; null for the optimizer's.</summary>
    public float? WeightDecay { get; }

    /// <summary>Whether a tensor of that name belongs to the group, unless an earlier group has it.</summary>
    /// <param name="name">Field path of a tensor.</param>
    /// <param name="axes">How many axes it has.</param>
    internal bool Matches(string name, int axes) => (MostAxes is not { } most || axes <= most) && Matches(name);

    /// <summary>Whether a name belongs to the group, unless an earlier group has it.</summary>
    /// <param name="name">Field path of a tensor.</param>
    public bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
}
