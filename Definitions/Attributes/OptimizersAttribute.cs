using System;

namespace ModelCompiler;

/// <summary>Which optimizers a model's trainer is generated for; without it, AdamW.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OptimizersAttribute(params Type[] types) : Attribute
{
    /// <summary>
    /// Types of the Runtime's hyperparameter records, such as <c>typeof(AdamW)</c> and <c>typeof(Sgd)</c>.
    /// </summary>
    public Type[] Types { get; } = types;
}
