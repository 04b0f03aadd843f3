using System;

namespace ModelCompiler;

/// <summary>Marks a <c>partial</c> class as a neural network to compile.</summary>
/// <remarks>
/// A class without constructor parameters whose methods carry <see cref="LossAttribute"/> or
/// <see cref="ShapeAttribute"/> is a root: it is compiled on its own. A class with a primary constructor is a part: it
/// is compiled into each root that holds it.
/// </remarks>
/// <example><code>
/// [Model, Dim("B", Max = 16)]
/// public sealed partial class Line
/// {
///     readonly Linear layer = new(3, 1);
///
///     public Tensor Predict([Shape("B", "3")] Tensor x) => layer.Forward(x);
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ModelAttribute : Attribute;
