using System;

namespace ModelCompiler;

/// <summary>
/// A static method that is an operator of your own, composed of others: generated code calls what it computes on the
/// way after it, and <see cref="Operators.WithGradient"/> gives it a gradient written by hand.
/// </summary>
/// <remarks>Any static method of your source can be called in a model; this attribute names it to readers.</remarks>
/// <example><code>
/// static class Activations
/// {
///     [Operator]
///     public static Tensor Mish(Tensor x) =&gt; x * Tanh(Softplus(x));
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OperatorAttribute : Attribute;
