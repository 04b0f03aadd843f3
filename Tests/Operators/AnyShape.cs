using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Shapes that nobody chose: few and many axes, of 1, primes, about the width of vectors and tiles, and dims.</summary>
static class AnyShape
{
    /// <summary>The largest length of a dim.</summary>
    public const int Longest = 34;

    /// <summary>Elements at the largest dims: the eager reference is slow.</summary>
    const int Most = 3000;

    /// <summary>A constant length.</summary>
    public static readonly Gen<int> Length = Gen.OneOf(1, 2, 3, 4, 5, 7, 8, 13, 15, 16, 17, 31, 32, 33, 64, 65);

    static readonly Gen<string> axis = Gen.Frequency((3, Length.Select(l => $"{l}")), (1, Gen.OneOf("B", "T")));

    /// <summary>Axes, outermost first.</summary>
    public static Gen<string[]> OfRank(int least, int most) => axis.Array[least, most].Select(Fitted);

    /// <summary>Axes, one of them by its place, and that place as it is written: from the front or from the end.</summary>
    public static Gen<(string[] Axes, int Axis, int Written)> WithAxis(int least, int most) => Gen.Select(OfRank(least, most), Gen.Int[0, 11], Gen.Bool, (axes, k, isNegative) =>
        (axes, k % axes.Length, isNegative ? k % axes.Length - axes.Length : k % axes.Length));

    /// <summary>A shape, and others that broadcast to it together.</summary>
    public static Gen<string[]> Broadcast(int count) => Gen.Select(OfRank(1, 4), Gen.Int[0, 2 * count].Array[4], Gen.Int[0, count - 1], Gen.Int[0, 3], (axes, ones, shorter, by) =>
    {
        string[][] parts = [.. Enumerable.Range(0, count).Select(_ => (string[])axes.Clone())];
        for (int a = 0; a < axes.Length; a++)
            if (ones[a] < count && count > 1) parts[ones[a]][a] = "1";
        // One part lacks leading axes, which another has whole.
        int missing = count > 1 ? Math.Min(by, axes.Length - 1) : 0;
        for (int a = 0; a < missing; a++) parts[(shorter + 1) % count][a] = axes[a];
        parts[shorter] = parts[shorter][missing..];
        return (string[])[Text(axes), .. parts.Select(Text)];
    });

    /// <summary>An order of so many things.</summary>
    public static Gen<int[]> Order(int count) => Gen.Int[0, 999].Array[count].Select(keys => Enumerable.Range(0, count).OrderBy(i => keys[i]).ToArray());

    public static string Text(IEnumerable<string> axes) => string.Join(", ", axes);

    public static string[] With(string[] axes, int axis, string length) => [.. axes.Select((a, i) => i == axis ? length : a)];

    public static bool IsDim(string axis) => char.IsAsciiLetterUpper(axis[0]);

    /// <summary>At the largest dims.</summary>
    public static int SizeOf(string axis) => IsDim(axis) ? Longest : int.Parse(axis, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What would make too many elements becomes 1 or 2.</summary>
    static string[] Fitted(string[] axes)
    {
        int size = 1;
        for (int i = 0; i < axes.Length; i++)
        {
            if (size * SizeOf(axes[i]) > Most) axes[i] = size * 2 > Most ? "1" : "2";
            size *= SizeOf(axes[i]);
        }
        return axes;
    }
}
