using System;

namespace ModelCompiler;

public abstract partial class TensorBase
{
    private protected TensorBase(Shape shape) => Shape = shape;

    /// <summary>The elements in row-major order: double, int or bool.</summary>
    internal abstract Array Elements { get; }

    /// <summary>What computed this tensor, if a gradient can flow through it.</summary>
    internal TapeNode? Node { get; set; }

    /// <summary>Whether this is a parameter or was computed of one.</summary>
    internal bool NeedsGradient => Node is not null || this is Tensor { IsParameter: true };

    /// <summary>Axis lengths as integers; an eager tensor has no others.</summary>
    internal static int[] LengthsOf(Shape shape)
    {
        var lengths = new int[shape.Rank];
        for (int i = 0; i < lengths.Length; i++) lengths[i] = (int)shape[i];
        return lengths;
    }

    internal static int CountOf(Shape shape) => (int)shape.Size;
}
