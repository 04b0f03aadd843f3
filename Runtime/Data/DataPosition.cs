using System;
using System.Globalization;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// Where a run stands in its data: which batch comes next, and of what. A checkpoint stores it, and
/// <see cref="BatchReader.Resume"/> goes on with the very same sequence.
/// </summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Batch">Which batch of the epoch comes next, from 0.</param>
/// <param name="Length">Items of the data set.</param>
/// <param name="Size">Items of a batch.</param>
/// <param name="Seed">Of the order; 0 where items come in their own.</param>
/// <param name="Shuffled">Whether items are shuffled.</param>
public readonly record struct DataPosition(long Epoch, int Batch, int Length, int Size, ulong Seed, bool Shuffled)
{
    /// <summary>One line without spaces, which <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"epoch={Epoch},batch={Batch},length={Length},size={Size},seed={Seed},shuffled={(Shuffled ? 1 : 0)}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">Six numbers with their names.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static DataPosition Parse(string text)
    {
        ReadOnlySpan<string> names = ["epoch", "batch", "length", "size", "seed", "shuffled"];
        string[] parts = text.Split(',');
        var values = new ulong[names.Length];
        bool isGood = parts.Length == names.Length;
        for (int i = 0; isGood && i < names.Length; i++)
            isGood = parts[i].StartsWith(names[i] + "=", StringComparison.Ordinal)
                && ulong.TryParse(parts[i].AsSpan(names[i].Length + 1), NumberStyles.None, CultureInfo.InvariantCulture,
                    out values[i]);
        if (!isGood || values[0] > long.MaxValue || values[1] > int.MaxValue || values[2] > int.MaxValue
            || values[3] > int.MaxValue || values[5] > 1)
            throw new FormatException(
                $"\"{text}\" is no position in data; expected such as " +
                $"\"{new DataPosition(2, 17, 1000, 32, 5, true)}\".");
        return new((long)values[0], (int)values[1], (int)values[2], (int)values[3], values[4], values[5] == 1);
    }
}
