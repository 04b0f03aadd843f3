using System;

namespace ModelCompiler;

/// <summary>The scalar that training minimises. At most one method of a model carries it.</summary>
/// <remarks>
/// It returns one number, or a tuple with named elements: first the loss, then metrics, one number each, which the same
/// forward pass computes and the trainer shows after the step.
/// </remarks>
/// <example><code>
/// [Loss]
/// public (Tensor Loss, Tensor Accuracy) Loss([Shape("B", "64")] Tensor x, [Shape("B")] Tensor&lt;int&gt; labels) { … }
/// // trainer.Step(x, labels); trainer.Metrics.Accuracy
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LossAttribute : Attribute;
