using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Memory;

/// <summary>The marks that lie in one buffer.</summary>
sealed class MarkedMemory
{
    List<MarkedStretch> stretches = [];

    public void Write(long start, MarkedContent content)
    {
        foreach (MarkedStretch written in content.Stretches)
        {
            MarkedStretch stretch = written.Moved(start);
            var left = new List<MarkedStretch>(stretches.Count + 2);
            foreach (MarkedStretch old in stretches)
            {
                if (old.End <= stretch.Start || stretch.End <= old.Start)
                {
                    left.Add(old);
                    continue;
                }
                if (old.Start < stretch.Start) left.Add(old.Within(old.Start, stretch.Start));
                if (stretch.End < old.End) left.Add(old.Within(stretch.End, old.End));
            }
            left.Add(stretch);
            stretches = left;
        }
    }

    /// <summary>Another buffer's write destroyed it all.</summary>
    public void Overwrite(Mark? mark, long length) => stretches = mark is null ? []
        : [new(0, length, mark, long.MaxValue / 2)];

    public MarkedContent Read(long start, long length) => new MarkedContent(stretches).Slice(start, length);

    /// <summary>Where something else lies than what is expected, and what; null if all is as expected.</summary>
    public (long At, Mark? Found)? Wrong(long start, MarkedContent expected)
    {
        foreach (MarkedStretch piece in expected.Stretches)
        {
            MarkedStretch want = piece.Moved(start);
            long at = want.Start;
            foreach (MarkedStretch found in stretches.Where(s => s.Start < want.End && want.Start < s.End)
                .OrderBy(s => s.Start))
            {
                if (found.Start > at) return (at, null);
                MarkedStretch part = found.Within(at, want.End);
                if (part.Mark != want.Mark || part.From != want.From + at - want.Start) return (at, part.Mark);
                at = part.End;
            }
            if (at < want.End) return (at, null);
        }
        return null;
    }
}
