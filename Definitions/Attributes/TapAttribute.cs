using System;

namespace ModelCompiler;

/// <summary>
/// Values of the loss that the plan keeps until the end of a training step, to be read by name:
/// <c>trainer.Activation("blocks.3.hidden")</c>.
/// </summary>
/// <remarks>
/// Values are called after the variables they are assigned to, behind the field of the model or layer whose body that
/// is; of repeated layers all are kept, one after another. Inside library layers, what an operator hands on is called
/// after the operator: <c>blocks.3.attention.query</c>. Memory: each value's own, for the whole step.
/// </remarks>
/// <example><code>[Model, Tap("blocks.*.hidden")] public sealed partial class CharGpt { … }</code></example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class TapAttribute(params string[] patterns) : Attribute
{
    /// <summary>Names; <c>*</c> stands for any characters, dots included, <c>?</c> for one.</summary>
    public string[] Patterns { get; } = patterns;
}
