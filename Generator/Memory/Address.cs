using System.Collections.Generic;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>
/// Where a value's first element is: in a buffer, plus for every loop it is stacked along its index times a stride.
/// </summary>
sealed record Address(Buffer Buffer, IReadOnlyList<LoopTerm> Terms)
{
    public Address Plus(LoopTerm term) => this with { Terms = [.. Terms, term] };
}

/// <summary>
/// An offset of <see cref="Stride"/> elements times a constant place, or times the place so many behind a loop's index.
/// </summary>
sealed record LoopTerm(Loop? Loop, int Place, Dim Stride)
{
    /// <summary>The loop behind whose last iteration a constant place lies: that of what it leaves.</summary>
    public Loop? After { get; init; }
}
