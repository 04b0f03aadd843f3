using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Diagnostics;

/// <summary>
/// What generated entry points ask of their arguments before they touch memory. Nothing is allocated unless one is
/// wrong.
/// </summary>
public static class Check
{
    /// <summary>A dim is one that memory was planned for.</summary>
    /// <param name="name">As in <c>[Dim]</c>.</param>
    /// <param name="value">As called.</param>
    /// <param name="min">Smallest allowed.</param>
    /// <param name="max">Largest allowed.</param>
    /// <param name="multiple">What it must be a multiple of.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static void Dim(string name, int value, int min, int max, int multiple)
    {
        if (value < min || value > max || value % multiple != 0) WrongDim(name, value, min, max, multiple);
    }

    /// <summary>A span has as many elements as its shape.</summary>
    /// <param name="name">Of the argument.</param>
    /// <param name="shape">As declared, such as "[B, T]".</param>
    /// <param name="expected">Elements at the call's dims.</param>
    /// <param name="actual">The span's length.</param>
    /// <param name="source">
    /// The argument whose length told a dim of the shape; "" where the caller gave them all.
    /// </param>
    /// <exception cref="ArgumentException">It has not.</exception>
    public static void Length(string name, string shape, long expected, int actual, string source = "")
    {
        if (expected != actual) WrongLength(name, shape, expected, actual, source);
    }

    /// <summary>Every value can be looked up.</summary>
    /// <param name="name">Of the argument.</param>
    /// <param name="values">Any length.</param>
    /// <param name="bound">One more than the largest allowed; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is negative, or <paramref name="bound"/> or more.</exception>
    public static void Tokens(string name, ReadOnlySpan<int> values, long bound)
    {
        // As unsigned numbers negative ones are above every bound: one comparison finds both errors.
        uint last = (uint)Math.Min(bound - 1, int.MaxValue);
        ReadOnlySpan<uint> unsigned = MemoryMarshal.Cast<int, uint>(values);
        int i = 0;
        Vector512<uint> most = Vector512.Create(last);
        for (; i <= unsigned.Length - Vector512<uint>.Count; i += Vector512<uint>.Count)
            if (Vector512.GreaterThanAny(Vector512.Create(unsigned.Slice(i, Vector512<uint>.Count)), most)) break;
        for (; i < unsigned.Length; i++)
            if (unsigned[i] > last) WrongToken(name, values[i], i, bound);
    }

    /// <summary>Every label is one of the classes, or does not count.</summary>
    /// <param name="name">Of the argument.</param>
    /// <param name="labels">Any length.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="ignored">The label that does not count.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is neither.</exception>
    public static void Labels(string name, ReadOnlySpan<int> labels, long classes, int ignored)
    {
        for (int i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= classes && labels[i] != ignored) WrongLabel(name, labels[i], i, classes, ignored);
    }

    /// <summary>A result is written while inputs are still being read, so it needs memory of its own.</summary>
    /// <param name="result">Name of the span that is written.</param>
    /// <param name="written">That span.</param>
    /// <param name="input">Name of a span that is read.</param>
    /// <param name="read">That span.</param>
    /// <exception cref="ArgumentException">They overlap.</exception>
    public static void NoOverlap(string result, ReadOnlySpan<float> written, string input, ReadOnlySpan<float> read)
    {
        if (written.Overlaps(read)) Overlap(result, input);
    }

    [DoesNotReturn]
    static void Overlap(string result, string input) =>
        throw new ArgumentException($"{result} overlaps {input}: pass a span of its own for the result.", result);

    [DoesNotReturn]
    static void WrongDim(string name, int value, int min, int max, int multiple)
    {
        string problem = value < min || value > max ? $"it must be from {min} to {max}"
            : $"it must be a multiple of {multiple}";
        string wayOut = value > max ? $" Use less at once, or raise Max in [Dim(\"{name}\")] and build again." : "";
        throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; {problem}.{wayOut}");
    }

    [DoesNotReturn]
    static void WrongLength(string name, string shape, long expected, int actual, string source)
    {
        string wayOut = source.Length == 0 ? "Pass a slice of that length, or other dims."
            : $"Its dims follow from the length of {source}: pass a slice of that length, or look whether " +
                $"{source} is as it should be.";
        throw new ArgumentException(source == name
            ? $"{name} has {actual} elements, which do not fill {shape} evenly: {expected} would. Look whether each " +
                "item has as many elements as the model expects."
            : $"{name} has {actual} elements; {shape} needs {expected}. {wayOut}", name);
    }

    [DoesNotReturn]
    static void WrongLabel(string name, int value, int index, long classes, int ignored) =>
        throw new ArgumentOutOfRangeException(name, value,
            $"{name}[{index}] is {value}; it must be from 0 to {classes - 1}, or {ignored}, which does not count. " +
            "Check that the labels belong to this model's classes.");

    [DoesNotReturn]
    static void WrongToken(string name, int value, int index, long bound) =>
        throw new ArgumentOutOfRangeException(name, value,
            $"{name}[{index}] is {value}; it must be from 0 to {bound - 1}. " +
            "Check that the data was encoded with the vocabulary of this model.");
}
