using System;
using System.Collections.Generic;

namespace ModelCompiler.Graphs;

/// <summary>
/// Finds the loops in a row of layers: the stretch that repeats with a period and covers most becomes one, then what
/// lies before and behind it is looked at by itself.
/// <code>
/// a b b b b c        →  a, b × 4, c
/// a a b a a b a a    →  (a a b) × 2, a × 2
/// </code>
/// </summary>
static class GroupLayers
{
    /// <summary>A loop over more layers at once saves little, and looking for it costs much.</summary>
    const int LongestPeriod = 64;

    /// <param name="keys">One for each layer; equal where layers have equal structure.</param>
    /// <returns>
    /// Start, period and repeats in order, without gaps; period and repeats are 1 for a layer of its own.
    /// </returns>
    public static IReadOnlyList<(int Start, int Period, int Repeats)> Run(IReadOnlyList<int> keys)
    {
        var groups = new List<(int, int, int)>();
        Split(keys, 0, keys.Count, groups);
        return groups;
    }

    static void Split(IReadOnlyList<int> keys, int from, int to, List<(int, int, int)> groups)
    {
        (int start, int period, int repeats) = Longest(keys, from, to);
        if (repeats == 1)
        {
            for (int i = from; i < to; i++) groups.Add((i, 1, 1));
            return;
        }
        Split(keys, from, start, groups);
        groups.Add((start, period, repeats));
        Split(keys, start + period * repeats, to, groups);
    }

    /// <summary>The stretch that covers most; of several the one with the shortest period, then the first.</summary>
    static (int Start, int Period, int Repeats) Longest(IReadOnlyList<int> keys, int from, int to)
    {
        (int Start, int Period, int Repeats) best = (from, 1, 1);
        int longest = Math.Min(LongestPeriod, (to - from) / 2);
        for (int period = 1; period <= longest && best.Period * best.Repeats < to - from; period++)
        {
            int equal = 0;      // layers up to here that equal the one a period before
            for (int i = from + period; i < to; i++)
            {
                equal = keys[i] == keys[i - period] ? equal + 1 : 0;
                int repeats = equal / period + 1;
                if (repeats > 1 && repeats * period > best.Period * best.Repeats)
                    best = (i + 1 - repeats * period - equal % period, period, repeats);
            }
        }
        return best;
    }
}
