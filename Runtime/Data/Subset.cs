using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>Some items of another data set.</summary>
sealed class Subset : Dataset
{
    readonly Dataset source;
    readonly int[] items;

    public Subset(Dataset source, int[] items) : base(source.Name, items.Length, source.Shape, source.Classes)
    {
        foreach (int item in items)
        {
            if ((uint)item < (uint)source.Length) continue;
            throw new ArgumentOutOfRangeException(nameof(items), item,
                $"{source.Name} has {source.Length} items; there is no item {item}.");
        }
        (this.source, this.items) = (source, items);
    }

    public override void Read(int index, Item item) => source.Read(items[index], item);

    public override string Describe(int index) => source.Describe(items[index]);
}
