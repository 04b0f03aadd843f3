using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Memory;

/// <summary>
/// Which marks a value consists of. A stack has those of each iteration; of what was not run nothing is said.
/// </summary>
sealed class MarkedContent(List<MarkedStretch> stretches)
{
    public IReadOnlyList<MarkedStretch> Stretches => stretches;

    /// <summary>One of its marks, to say who wrote.</summary>
    public Mark? Any => stretches.Count == 0 ? null : stretches[0].Mark;

    public static MarkedContent New(Mark mark, long length) => new([new(0, length, mark, 0)]);

    public MarkedContent Slice(long start, long length) =>
        new([.. stretches.Where(s => s.Start < start + length && start < s.End)
        .Select(s => s.Within(start, start + length).Moved(-start))]);

    /// <summary>Appends another's marks at a place.</summary>
    public void Add(MarkedContent other, long at) => stretches.AddRange(other.Stretches.Select(s => s.Moved(at)));
}
