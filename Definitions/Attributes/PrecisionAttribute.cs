using System;

namespace ModelCompiler;

/// <summary>How the numbers of a model, or of one of its layers, are stored and multiplied.</summary>
/// <remarks>
/// The innermost counts: on a field it goes before the class the field stands in, on the class of a layer before the
/// field that holds the layer. Without it everything is <see cref="Precision.Float32"/>.
/// </remarks>
/// <example><code>
/// [Model, Precision(Precision.BFloat16)]
/// public sealed partial class CharGpt
/// {
///     [Precision(Precision.Float32)] readonly LayerNorm final = new(128);
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property)]
public sealed class PrecisionAttribute(Precision precision) : Attribute
{
    /// <summary>What is asked for.</summary>
    public Precision Precision { get; } = precision;
}
