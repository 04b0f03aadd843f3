using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>Items of a fixed size, each of which can be read by its number.</summary>
/// <remarks>
/// <para><b>Memory</b>: reading writes into the caller's spans and allocates nothing where that can be had.</para>
/// <para><b>Errors</b>: files are checked when a data set is opened, or, where they are read later, when an item is;
/// both throw <see cref="DatasetException"/> with the file, the row and the way out.</para>
/// </remarks>
/// <example><code>
/// sealed class Squares() : Dataset("squares", 1000, new ItemShape(Features: 1, Targets: 1))
/// {
///     public override void Read(int index, Item item)
///     {
///         item.Features[0] = index / 1000f;
///         item.Targets[0] = item.Features[0] * item.Features[0];
///     }
/// }
/// </code></example>
public abstract class Dataset
{
    /// <summary>Describes the items.</summary>
    /// <param name="name">For messages, such as the file's.</param>
    /// <param name="length">How many items there are, at least 1.</param>
    /// <param name="shape">Numbers of each item.</param>
    /// <param name="classes">Labels are below it; 0 where there are none, or nobody knows.</param>
    /// <exception cref="DatasetException">There is no item.</exception>
    /// <exception cref="ArgumentException">Items have no numbers, or a count is negative.</exception>
    protected Dataset(string name, int length, ItemShape shape, int classes = 0)
    {
        if (length <= 0)
            throw new DatasetException(name, "there are no items. Check the path, or the fraction of a split.");
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        (Name, Length, Shape, Classes) = (name, length, shape.Check(name), classes);
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>How many items there are; at least 1.</summary>
    public int Length { get; }

    /// <summary>Numbers of each item.</summary>
    public ItemShape Shape { get; }

    /// <summary>Labels are below it; 0 where there are none, or nobody knows.</summary>
    public int Classes { get; }

    /// <summary>Reads one item. Any number of threads may read at once.</summary>
    /// <param name="index">From 0 to below <see cref="Length"/>.</param>
    /// <param name="item">Spans of the lengths in <see cref="Shape"/>; all of them are written.</param>
    /// <exception cref="DatasetException">The item cannot be read, or is not what it should be.</exception>
    public abstract void Read(int index, Item item);

    /// <summary>Where an item comes from, for messages: "iris.csv, row 17".</summary>
    /// <param name="index">From 0 to below <see cref="Length"/>.</param>
    public virtual string Describe(int index) => $"{Name}, item {index}";

    /// <summary>Some of the items.</summary>
    /// <param name="items">Their numbers, in the order they shall have; kept.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no item of that number.</exception>
    /// <exception cref="DatasetException">No numbers are given.</exception>
    public Dataset Select(int[] items) => new Subset(this, items);

    /// <summary>Parts the items at random into those to train on, to choose by and to report on.</summary>
    /// <param name="validation">The fraction to choose by, in [0, 1).</param>
    /// <param name="test">The fraction to report on, in [0, 1).</param>
    /// <param name="seed">Equal seeds part equal data equally, on every machine.</param>
    /// <param name="stratified">Each class keeps its share in every part; there must be one label an item.</param>
    /// <exception cref="ArgumentException">Fractions that leave nothing, or nothing to stratify by.</exception>
    public DataSplit Split(double validation, double test = 0, ulong seed = 0, bool stratified = false) =>
        DataSplit.Of(this, validation, test, seed, stratified);
}
