using System;

namespace ModelCompiler;

/// <summary>
/// Parameters that training leaves as they are: no gradient is computed for them, and neither gradient nor optimizer
/// state is in the plan.
/// </summary>
/// <remarks>
/// On a field: all parameters of the layer or model it holds. On a root model: parameters by name. Repeated layers are
/// one stacked parameter, so all of them are frozen or none; to leave single ones as they are, give them a group with a
/// learning rate scale of 0.
/// </remarks>
/// <example><code>
/// [Frozen] readonly Embedding tokens = new(96, 128);
/// [Model, Frozen("tokens.*", "blocks.*.before.*")] public sealed partial class CharGpt { … }
/// </code></example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true)]
public sealed class FrozenAttribute(params string[] patterns) : Attribute
{
    /// <summary>
    /// Field paths such as <c>blocks.*.up.weight</c>; <c>*</c> stands for any characters, dots included, <c>?</c> for
    /// one. None on a field.
    /// </summary>
    public string[] Patterns { get; } = patterns;
}
