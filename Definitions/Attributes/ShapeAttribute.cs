using System;

namespace ModelCompiler;

/// <summary>Axis lengths of an entry point's tensor, outermost first: names of dims or numbers.</summary>
/// <example><code>
/// public Tensor Logits([Shape("B", "T")] Tensor&lt;int&gt; ids, [Shape("B", "2 * T", "64")] Tensor x) { … }
/// </code></example>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ShapeAttribute(params string[] dims) : Attribute
{
    /// <summary>
    /// One entry an axis: a declared dim ("B"), a number ("64"), or a sum or product of both ("2*T", "T + 1").
    /// </summary>
    public string[] Dims { get; } = dims;
}
