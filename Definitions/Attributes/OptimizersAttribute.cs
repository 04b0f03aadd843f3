using System;

namespace ModelCompiler;

/// <summary>Which optimizers a model's trainer is generated for; without it, AdamW.</summary>
/// <example><code>[Model, Optimizers(typeof(AdamW), typeof(Muon))] public sealed partial class CharGpt { … }</code>
/// </example>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OptimizersAttribute(params Type[] types) : Attribute
{
    /// <summary>
    /// Types of the Runtime's hyperparameter records, <c>typeof(AdamW)</c>, <c>typeof(Sgd)</c>,
    /// <c>typeof(Lion)</c>, <c>typeof(Adafactor)</c> and <c>typeof(Muon)</c>.
    /// </summary>
    public Type[] Types { get; } = types;
}
