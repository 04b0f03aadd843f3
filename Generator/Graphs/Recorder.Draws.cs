using System.Collections.Generic;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>
/// Numbers the draws of random numbers in the order in which they run, as the eager model does: in a loop a draw's
/// number is that of the first iteration plus the index times the draws of one iteration.
/// </summary>
sealed partial class Recorder
{
    /// <summary>Draws so far in the open region.</summary>
    Dim draws;

    /// <summary>Draws of the regions around, up to the loop that is open in them.</summary>
    readonly Stack<Dim> outerDraws = [];

    /// <summary>What has been drawn: loops that close move its numbers.</summary>
    readonly List<Value> drawn = [];

    public Dim NextDraw()
    {
        Dim next = draws;
        draws += 1;
        return next;
    }

    void BeginDraws(Loop loop)
    {
        if (loop.Forward is not null) return;
        outerDraws.Push(draws);
        draws = 0;
    }

    void EndDraws(Loop loop)
    {
        if (loop.Forward is not null) return;
        (Dim before, Dim each) = (outerDraws.Pop(), draws);
        draws = before + loop.Count * each;
        if (each == 0) return;
        Dim index = Dim.Of(loop.Symbol), iteration = loop.Reversed ? loop.Count - 1 - index : index;
        foreach (Value value in drawn)
            if (value.Region.IsInside(loop.Body))
                value.Attributes = value.Attributes with { Start = value.Attributes.Start + before + iteration * each };
    }
}
