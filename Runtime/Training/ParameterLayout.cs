using System;
using System.Collections.Generic;
using System.Globalization;

namespace ModelCompiler.Runtime.Training;

/// <summary>One parameter of the arena: a tensor, or the stacked tensors of all layers of a loop.</summary>
/// <example><code>
/// new ParameterLayout("blocks.*.attention.query.weight", offset: 4096, shape: [6, 384, 384], stackDepth: 1, "normal",
/// 0.02)
/// // stands for blocks.0.attention.query.weight … blocks.5.attention.query.weight, [384, 384] each, one after the
/// other new ParameterLayout("blocks.1+2*.up.bias", offset: 8192, shape: [3, 384], stackDepth: 1, "constant", 0)
/// // stands for blocks.1.up.bias, blocks.3.up.bias and blocks.5.up.bias
/// </code></example>
public sealed class ParameterLayout
{
    readonly int[] shape;

    /// <summary>Describes a parameter.</summary>
    /// <param name="name">
    /// Field path with <c>*</c> for each stacked axis, or <c>start+step*</c> where layers alternate.
    /// </param>
    /// <param name="offset">Where it starts in the arena, in elements.</param>
    /// <param name="shape">Stacked axes first, then those of one tensor; each at least 1.</param>
    /// <param name="stackDepth">How many leading axes are stacked.</param>
    /// <param name="distribution">"normal", "truncated_normal", "uniform", "constant" or "orthogonal".</param>
    /// <param name="scale">Standard deviation, bound or value.</param>
    /// <param name="isState">Whether the model changes it itself, without a gradient.</param>
    /// <exception cref="ArgumentException">The parts contradict each other.</exception>
    public ParameterLayout(string name, long offset, int[] shape, int stackDepth, string distribution, double scale,
        bool isState = false)
    {
        int stars = 0;
        foreach (string part in name.Split('.'))
        {
            if (!part.EndsWith('*')) continue;
            stars++;
            if (!TryIndices(part, out _, out _))
            {
                throw new ArgumentException(
                    $"{name}: \"{part}\" stands for no layers; write * for every layer, or start+step* such as 1+2*.",
                        nameof(name));
            }
        }
        if (stars != stackDepth || stackDepth > shape.Length)
        {
            throw new ArgumentException(
                $"{name} of shape [{string.Join(", ", shape)}] has {stars} stacked axes in its name and stackDepth " +
                    $"{stackDepth}; " +
                "both must be the same, at most the number of axes.", nameof(stackDepth));
        }
        if (distribution is not ("normal" or "truncated_normal" or "uniform" or "constant" or "orthogonal"))
        {
            throw new ArgumentException(
                $"{name}: there is no distribution \"{distribution}\"; use normal, truncated_normal, " +
                    "uniform, constant or orthogonal.",
                    nameof(distribution));
        }
        long length = 1;
        foreach (int axis in shape)
        {
            if (axis < 1)
            {
                throw new ArgumentException(
                    $"{name} has shape [{string.Join(", ", shape)}]; every axis must be at least 1.", nameof(shape));
            }
            length = checked(length * axis);
        }
        Name = name;
        Offset = offset;
        this.shape = (int[])shape.Clone();
        StackDepth = stackDepth;
        Distribution = distribution;
        Scale = scale;
        IsState = isState;
        Length = length;
    }

    /// <summary>Field path with <c>*</c> for each stacked axis, or <c>start+step*</c> where layers alternate.</summary>
    public string Name { get; }

    /// <summary>Where it starts in the arena, in elements.</summary>
    public long Offset { get; }

    /// <summary>Stacked axes first, then those of one tensor.</summary>
    public IReadOnlyList<int> Shape => shape;

    /// <summary>How many leading axes are stacked.</summary>
    public int StackDepth { get; }

    /// <summary>"normal", "truncated_normal", "uniform", "constant" or "orthogonal".</summary>
    public string Distribution { get; }

    /// <summary>Standard deviation, bound or value.</summary>
    public double Scale { get; }

    /// <summary>Whether it is a state, which the model changes itself, rather than a parameter.</summary>
    public bool IsState { get; }

    /// <summary>Elements of all tensors together.</summary>
    public long Length { get; }

    /// <summary>
    /// The tensors this stands for, in the order they are stored; one, itself, when nothing is stacked.
    /// </summary>
    internal IEnumerable<TensorLayout> Split()
    {
        int[] own = shape[StackDepth..];
        long count = 1, length = 1;
        foreach (int axis in shape.AsSpan(0, StackDepth)) count *= axis;
        foreach (int axis in own) length *= axis;
        for (long i = 0; i < count; i++) yield return new TensorLayout(SplitName(i), this, Offset + i * length, own);
    }

    /// <summary>Puts the place in each stacked axis, last axis fastest, where the name has a star.</summary>
    string SplitName(long index)
    {
        if (StackDepth == 0) return Name;
        string[] parts = Name.Split('.');
        int axis = StackDepth - 1;
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (!TryIndices(parts[i], out int start, out int step)) continue;
            parts[i] = (start + index % shape[axis] * step).ToString(CultureInfo.InvariantCulture);
            index /= shape[axis--];
        }
        return string.Join('.', parts);
    }

    /// <summary>Reads "*" as every index and "1+2*" as 1, 3, 5, …; false for any other part of a name.</summary>
    static bool TryIndices(string part, out int start, out int step)
    {
        (start, step) = (0, 1);
        if (part == "*") return true;
        int plus = part.IndexOf('+', StringComparison.Ordinal);
        return plus > 0 && part.EndsWith('*')
            && int.TryParse(part.AsSpan(0, plus), NumberStyles.None, CultureInfo.InvariantCulture, out start)
            && int.TryParse(part.AsSpan(plus + 1, part.Length - plus - 2), NumberStyles.None,
                CultureInfo.InvariantCulture, out step)
            && step > 0;
    }
}
