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

/// <summary>An offset of <see cref="Stride"/> elements times a loop's index, or times a constant place.</summary>
sealed record LoopTerm(Loop? Loop, int Place, Dim Stride);
