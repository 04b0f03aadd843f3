using System;
using System.IO;
using ModelCompiler.Runtime.Data;

namespace Samples.Digits;

/// <summary>Images of digits with their labels, read from lines of 64 grey levels and the digit.</summary>
sealed class DigitSet
{
    /// <summary>The data has 17 grey levels.</summary>
    const int Brightest = 16;

    const int Fields = DigitClassifier.Pixels + 1;

    readonly float[] pixels;
    readonly int[] labels;

    DigitSet(float[] pixels, int[] labels)
    {
        this.pixels = pixels;
        this.labels = labels;
    }

    /// <summary>How many images there are.</summary>
    public int Count => labels.Length;

    /// <summary>[Count, 64]; in [0, 1].</summary>
    public ReadOnlySpan<float> Pixels => pixels;

    /// <summary>[Count]; in [0, 9].</summary>
    public ReadOnlySpan<int> Labels => labels;

    /// <summary>One image.</summary>
    /// <returns>[64]; in [0, 1].</returns>
    public ReadOnlySpan<float> Image(int index) =>
        pixels.AsSpan(index * DigitClassifier.Pixels, DigitClassifier.Pixels);

    /// <summary>Reads the lines of a file.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="csv">ASCII: 65 whole numbers a line, separated by commas.</param>
    /// <exception cref="InvalidDataException">
    /// A line has another number of fields, or a number is out of range.
    /// </exception>
    public static DigitSet Parse(string name, ReadOnlySpan<byte> csv)
    {
        int count = csv.TrimEnd("\r\n"u8).Count((byte)'\n') + 1;
        var pixels = new float[count * DigitClassifier.Pixels];
        var labels = new int[count];
        int row = 0;
        foreach (Range line in csv.TrimEnd("\r\n"u8).Split((byte)'\n'))
        {
            ReadOnlySpan<byte> text = csv[line].TrimEnd((byte)'\r');
            int fields = text.Count((byte)',') + 1;
            if (fields != Fields) throw new InvalidDataException(
                $"{name}, line {row + 1}: {fields} fields; expected {Fields}, 64 grey levels and the digit.");
            int column = 0;
            foreach (Range field in text.Split((byte)','))
            {
                if (column == DigitClassifier.Pixels) labels[row] =
                    Number(name, row, column, text[field], DigitClassifier.Classes - 1);
                else pixels[row * DigitClassifier.Pixels + column] =
                    Number(name, row, column, text[field], Brightest) / (float)Brightest;
                column++;
            }
            row++;
        }
        return new DigitSet(pixels, labels);
    }

    /// <summary>Holds back every n-th image, from the n-th on.</summary>
    /// <param name="interval">n; at least 2 and at most the number of images.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of the two sets would be empty.</exception>
    public (DigitSet Kept, DigitSet Held) HoldBack(int interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(interval, Count);
        int held = Count / interval;
        return (Select(Count - held, i => (i + 1) % interval != 0), Select(held, i => (i + 1) % interval == 0));
    }

    /// <summary>The images for training.</summary>
    public Dataset ToDataset() => new ArrayDataset("digits", new(Features: DigitClassifier.Pixels, Labels: 1),
        features: pixels, labels: labels, classes: DigitClassifier.Classes);

    DigitSet Select(int count, Func<int, bool> chosen)
    {
        var set = new DigitSet(new float[count * DigitClassifier.Pixels], new int[count]);
        int next = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!chosen(i)) continue;
            Image(i).CopyTo(set.pixels.AsSpan(next * DigitClassifier.Pixels));
            set.labels[next++] = labels[i];
        }
        return set;
    }

    static int Number(string name, int row, int column, ReadOnlySpan<byte> text, int most) =>
        int.TryParse(text, out int value) && value >= 0 && value <= most
            ? value
            : throw new InvalidDataException(
                $"{name}, line {row + 1}, field {column + 1} is \"{System.Text.Encoding.UTF8.GetString(text)}\"; " +
                    $"expected a whole number from 0 to {most}.");
}
