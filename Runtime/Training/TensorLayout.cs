using System.Collections.Generic;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// One tensor of the arena under the name checkpoints and eager models know it by:
/// <c>blocks.3.attention.query.weight</c>.
/// </summary>
public sealed class TensorLayout
{
    readonly int[] shape;

    internal TensorLayout(string name, ParameterLayout parameter, long offset, int[] shape)
    {
        Name = name;
        Parameter = parameter;
        Offset = offset;
        this.shape = shape;
        Length = 1;
        foreach (int axis in shape) Length *= axis;
    }

    /// <summary>Field path without stars.</summary>
    public string Name { get; }

    /// <summary>What it is, or is a slice of.</summary>
    public ParameterLayout Parameter { get; }

    /// <summary>Where it starts in the arena, in elements.</summary>
    public long Offset { get; }

    /// <summary>Axes without the stacked ones; none for a single number.</summary>
    public IReadOnlyList<int> Shape => shape;

    /// <summary>Elements.</summary>
    public long Length { get; }

    /// <summary>Such as "[384, 384]".</summary>
    internal string ShapeText => $"[{string.Join(", ", shape)}]";
}
