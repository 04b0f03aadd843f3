using System;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// How matrix products are cut. What sums are made of and where tiles lie follow from the shape alone, never from the
/// threads.
/// </summary>
static class GemmBlocking
{
    /// <summary>Most rows of a block; a multiple of every tile's rows.</summary>
    public const int Rows = 144;

    /// <summary>
    /// Largest part of k that is summed in registers: a tile's panels then fit a first- or second-level cache.
    /// </summary>
    public const int Depth = 384;

    /// <summary>Columns of a finished tile that the epilogue gets: with the rows of a block 36 KiB.</summary>
    public const int TileColumns = 64;

    /// <summary>Most columns that are packed and worked on together: with Depth 768 KiB.</summary>
    public const int ChunkColumns = 512;

    /// <summary>
    /// Cuts a length into equal parts of a multiple of a unit, none larger than a multiple of that unit.
    /// </summary>
    /// <returns>The length of all parts but the last.</returns>
    public static int EqualParts(int length, int largest, int unit)
    {
        int parts = Math.Max(1, (length + largest - 1) / largest);
        return RoundUp(Math.Max(1, (length + parts - 1) / parts), unit);
    }

    public static int RoundUp(int length, int unit) => (length + unit - 1) / unit * unit;

    public static int Count(int length, int part) => (length + part - 1) / part;

    /// <summary>
    /// Whether threads that share these items have little to wait for at the end: no more than a twentieth of the time.
    /// </summary>
    public static bool IsBalanced(long items, int threads) =>
        threads == 1 || (items + threads - 1) / threads * threads * 20 <= items * 21;
}
