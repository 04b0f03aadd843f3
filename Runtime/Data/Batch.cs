using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// Some items next to each other, as a generated trainer's step takes them. The memory is used again: a batch is valid
/// until the next one is asked for.
/// </summary>
public sealed class Batch
{
    readonly float[] features, targets;
    readonly int[] ids, labels, items;
    readonly ItemShape shape;

    internal Batch(ItemShape shape, int size)
    {
        this.shape = shape;
        features = new float[checked(shape.Features * size)];
        ids = new int[checked(shape.Ids * size)];
        targets = new float[checked(shape.Targets * size)];
        labels = new int[checked(shape.Labels * size)];
        items = new int[size];
    }

    /// <summary>Items in it, B; fewer than usual in the last batch of an epoch.</summary>
    public int Rows { get; private set; }

    /// <summary>[B, Features]; real numbers that the model reads.</summary>
    public ReadOnlySpan<float> Features => features.AsSpan(0, Rows * shape.Features);

    /// <summary>[B, Ids]; whole numbers that the model reads.</summary>
    public ReadOnlySpan<int> Ids => ids.AsSpan(0, Rows * shape.Ids);

    /// <summary>[B, Targets]; real numbers that the model is to answer.</summary>
    public ReadOnlySpan<float> Targets => targets.AsSpan(0, Rows * shape.Targets);

    /// <summary>[B, Labels]; whole numbers that the model is to answer.</summary>
    public ReadOnlySpan<int> Labels => labels.AsSpan(0, Rows * shape.Labels);

    /// <summary>[B]; the items' numbers in their data set.</summary>
    public ReadOnlySpan<int> Items => items.AsSpan(0, Rows);

    /// <summary>Where the sequence goes on after this batch: what a checkpoint stores with its step.</summary>
    public DataPosition Next { get; private set; }

    /// <summary>Reads items and checks them.</summary>
    internal void Fill(Dataset data, in Shuffle? order, int first, int rows, DataPosition next)
    {
        (Rows, Next) = (rows, next);
        for (int row = 0; row < rows; row++)
        {
            int index = items[row] = order is { } shuffle ? shuffle[first + row] : first + row;
            Span<float> itsFeatures = features.AsSpan(row * shape.Features, shape.Features);
            Span<float> itsTargets = targets.AsSpan(row * shape.Targets, shape.Targets);
            Span<int> itsLabels = labels.AsSpan(row * shape.Labels, shape.Labels);
            data.Read(index, new Item(itsFeatures, ids.AsSpan(row * shape.Ids, shape.Ids), itsTargets, itsLabels));
            CheckFinite(data, index, itsFeatures, "feature");
            CheckFinite(data, index, itsTargets, "target");
            if (data.Classes > 0) CheckLabels(data, index, itsLabels);
        }
    }

    static void CheckFinite(Dataset data, int index, ReadOnlySpan<float> values, string what)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i])) continue;
            throw new DatasetException(data.Describe(index),
                $"{what} {i} is {values[i]}; expected a finite number. Mend or leave out the item; missing values of " +
                "a table are filled by Standardization.");
        }
    }

    static void CheckLabels(Dataset data, int index, ReadOnlySpan<int> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if ((uint)values[i] < (uint)data.Classes) continue;
            throw new DatasetException(data.Describe(index),
                $"label {i} is {values[i]}; with {data.Classes} classes it must be from 0 to {data.Classes - 1}. " +
                "Mend the label, or raise the number of classes.");
        }
    }
}
