using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>Items that lie in memory, one after the other.</summary>
/// <example><code>
/// var digits = new ArrayDataset("digits", new ItemShape(Features: 64, Labels: 1), features: pixels, labels: labels,
///     classes: 10);
/// </code></example>
public sealed class ArrayDataset : Dataset
{
    readonly ReadOnlyMemory<float> features, targets;
    readonly ReadOnlyMemory<int> ids, labels;

    /// <summary>Takes arrays as they are; they are not copied.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="shape">Numbers of each item.</param>
    /// <param name="features">[N, Features].</param>
    /// <param name="ids">[N, Ids].</param>
    /// <param name="targets">[N, Targets].</param>
    /// <param name="labels">[N, Labels].</param>
    /// <param name="classes">Labels are below it; 0 where nobody knows.</param>
    /// <exception cref="DatasetException">Lengths do not belong together, or a label is out of range.</exception>
    public ArrayDataset(string name, ItemShape shape, ReadOnlyMemory<float> features = default,
        ReadOnlyMemory<int> ids = default, ReadOnlyMemory<float> targets = default,
        ReadOnlyMemory<int> labels = default, int classes = 0)
        : base(name, Items(name, shape, features.Length, ids.Length, targets.Length, labels.Length), shape, classes)
    {
        (this.features, this.ids, this.targets, this.labels) = (features, ids, targets, labels);
        if (classes == 0) return;
        for (int i = 0; i < labels.Length; i++)
        {
            int label = labels.Span[i];
            if ((uint)label < (uint)classes) continue;
            throw new DatasetException(name,
                $"the label is {label}; with {classes} classes it must be from 0 to {classes - 1}.",
                row: i / shape.Labels + 1);
        }
    }

    /// <inheritdoc/>
    public override void Read(int index, Item item)
    {
        Copy(features.Span, index, item.Features);
        Copy(ids.Span, index, item.Ids);
        Copy(targets.Span, index, item.Targets);
        Copy(labels.Span, index, item.Labels);
    }

    static void Copy<T>(ReadOnlySpan<T> all, int index, Span<T> item) =>
        all.Slice(index * item.Length, item.Length).CopyTo(item);

    static int Items(string name, ItemShape shape, int features, int ids, int targets, int labels)
    {
        int items = 0;
        ReadOnlySpan<(string What, int Length, int Each)> parts =
            [("features", features, shape.Features), ("ids", ids, shape.Ids), ("targets", targets, shape.Targets),
                ("labels", labels, shape.Labels)];
        foreach ((string what, int length, int each) in parts)
        {
            if (each == 0 && length == 0) continue;
            if (each == 0 || length % each != 0)
                throw new DatasetException(name,
                    $"there are {length} {what}, but items have {shape}: {what} must be a multiple of {each}.");
            if (items != 0 && length / each != items)
                throw new DatasetException(name,
                    $"there are {what} for {length / each} items, but {items} items before them. Give each item all " +
                    "of its numbers.");
            items = length / each;
        }
        return items;
    }
}
