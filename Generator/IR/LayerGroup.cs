using System.Collections.Generic;

namespace ModelCompiler.IR;

/// <summary>
/// Neighbouring layers of an array that one loop can walk over: <see cref="Period"/> layers of any structure, again and
/// again. A single layer that fits no loop is a group without scopes.
/// <code>
/// layers 0 1 2 3 4 5 6 = a b c b c b d  →  a alone, (b c) twice, b alone, d alone
/// </code>
/// </summary>
/// <param name="Start">Index of the first layer.</param>
/// <param name="Period">Layers of one iteration.</param>
/// <param name="Repeats">Iterations.</param>
/// <param name="First">
/// Where the recorded array holds the layer that stands for the first of the period; the others follow.
/// </param>
/// <param name="Scopes">One for each layer of the period; none for a single layer.</param>
sealed record LayerGroup(int Start, int Period, int Repeats, int First, IReadOnlyList<StackScope> Scopes)
{
    public bool IsLoop => Scopes.Count > 0;

    public int Count => Period * Repeats;

    /// <summary>Whether a counter can walk over both at once.</summary>
    public bool Matches(LayerGroup other) =>
        Start == other.Start && Period == other.Period && Repeats == other.Repeats && IsLoop == other.IsLoop;
}
