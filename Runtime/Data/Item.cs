using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// The memory that one item is read into: the caller's, so that reading allocates nothing. Each span has the length
/// that the data set's <see cref="ItemShape"/> gives.
/// </summary>
/// <param name="features">[Features]; real numbers that the model reads.</param>
/// <param name="ids">[Ids]; whole numbers that the model reads.</param>
/// <param name="targets">[Targets]; real numbers that the model is to answer.</param>
/// <param name="labels">[Labels]; whole numbers that the model is to answer.</param>
public readonly ref struct Item(Span<float> features, Span<int> ids, Span<float> targets, Span<int> labels)
{
    /// <summary>[Features]; real numbers that the model reads.</summary>
    public Span<float> Features { get; } = features;

    /// <summary>[Ids]; whole numbers that the model reads.</summary>
    public Span<int> Ids { get; } = ids;

    /// <summary>[Targets]; real numbers that the model is to answer.</summary>
    public Span<float> Targets { get; } = targets;

    /// <summary>[Labels]; whole numbers that the model is to answer.</summary>
    public Span<int> Labels { get; } = labels;
}
