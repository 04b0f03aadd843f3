using System.Collections.Generic;

namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Unique in its file.</param>
/// <param name="ElementType">As the format spells it: F32, BF16, I64, ...</param>
/// <param name="Shape">Axes, each at least 0; none for a single number.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
public sealed record SafeTensorsEntry(string Name, string ElementType, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Such as "[384, 384]".</summary>
    internal string ShapeText => $"[{string.Join(", ", Shape)}]";
}
