namespace ModelCompiler.Memory;

/// <summary>Elements in order that hold a mark's elements from one of them on.</summary>
readonly record struct MarkedStretch(long Start, long Length, Mark Mark, long From)
{
    public long End => Start + Length;

    /// <summary>The part within bounds; they must meet.</summary>
    public MarkedStretch Within(long start, long end)
    {
        long first = System.Math.Max(start, Start), last = System.Math.Min(end, End);
        return new(first, last - first, Mark, From + first - Start);
    }

    public MarkedStretch Moved(long by) => this with { Start = Start + by };
}
