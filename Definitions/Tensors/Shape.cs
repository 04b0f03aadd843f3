using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler;

/// <summary>Axis lengths, outermost first. Negative axes count from the end.</summary>
public sealed class Shape(params Dim[] dims) : IEquatable<Shape>
{
    readonly Dim[] dims = dims;

    /// <summary>The number of axes; 0 for a scalar.</summary>
    public int Rank => dims.Length;

    /// <summary>The length of one axis.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Dim this[int axis] => dims[Axis(axis)];

    public IReadOnlyList<Dim> Dims => dims;

    /// <summary>The number of elements.</summary>
    public Dim Size => dims.Aggregate((Dim)1, (a, b) => a * b);

    /// <summary>An axis counted from the start.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int Axis(int axis) => axis < dims.Length && axis >= -dims.Length
        ? axis < 0 ? axis + dims.Length : axis
        : throw new ShapeException($"there is no axis {axis} in {this}") { Id = "MC1002" };

    /// <summary>This shape with one axis of another length.</summary>
    public Shape With(int axis, Dim length)
    {
        Dim[] copy = [.. dims];
        copy[Axis(axis)] = length;
        return new Shape(copy);
    }

    /// <summary>This shape with a new first axis.</summary>
    public Shape Prepend(Dim length) => new([length, .. dims]);

    /// <summary>This shape without its first axis.</summary>
    public Shape Tail => new([.. dims.Skip(1)]);

    /// <summary>The NumPy broadcast of two shapes.</summary>
    /// <exception cref="ShapeException">An axis has two lengths and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b, string operation)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        var result = new Dim[rank];
        for (int i = 1; i <= rank; i++)
        {
            Dim x = i <= a.Rank ? a[-i] : 1, y = i <= b.Rank ? b[-i] : 1;
            if (x != y && x != 1 && y != 1)
                throw new ShapeException(
                    $"{operation}: {a} and {b} do not broadcast, axis -{i} is {x} and {y}. Make them equal, or one " +
                        "of them 1")
                    { Id = "MC1003" };
            result[rank - i] = x == 1 ? y : x;
        }
        return new Shape(result);
    }

    public bool Equals(Shape? other) => other is not null && dims.SequenceEqual(other.dims);
    public override bool Equals(object? obj) => obj is Shape shape && Equals(shape);
    public override int GetHashCode() => dims.Aggregate(dims.Length, (hash, d) => hash * 31 + d.GetHashCode());
    public override string ToString() => $"[{string.Join(", ", dims)}]";
}
