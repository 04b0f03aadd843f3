using System;
using System.IO;
using ModelCompiler.Runtime.Data;

namespace Samples.FashionMnist;

/// <summary>The lengths of the images, the files they come from, and how they are varied for training.</summary>
static class Images
{
    /// <summary>Rows and columns.</summary>
    public const int Side = 28;

    /// <summary>Grey levels of an image, row by row.</summary>
    public const int Pixels = Side * Side;

    /// <summary>Kinds of clothing.</summary>
    public const int Classes = 10;

    /// <summary>The most images in one step.</summary>
    public const int Batch = 64;

    const int MostShift = 2;

    /// <summary>Opens the images to train on, or those of the official test.</summary>
    /// <param name="folder">With the four files; what <c>get-data.sh</c> brings.</param>
    /// <param name="part">"train" or "t10k".</param>
    /// <exception cref="DatasetException">A file is missing or damaged.</exception>
    public static IdxImages Open(string folder, string part)
    {
        string images = Path.Combine(folder, $"{part}-images-idx3-ubyte.gz");
        if (!File.Exists(images))
            throw new DatasetException(images, "there is no such file. Run Samples/FashionMnist/get-data.sh first, " +
                "or name the folder of the four files with --data.");
        IdxImages set = IdxImages.Open(images, Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"), Classes);
        return set.Rows == Side && set.Columns == Side
            ? set
            : throw new DatasetException(images, $"images are {set.Rows} × {set.Columns}; expected {Side} × {Side}.");
    }

    /// <summary>Moves each image by up to 2 pixels and mirrors every second one, as the seed says.</summary>
    /// <param name="from">[B, 784].</param>
    /// <param name="to">[B, 784]; written.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="step">Each step draws anew.</param>
    public static void Vary(ReadOnlySpan<float> from, Span<float> to, ulong seed, long step)
    {
        for (int image = 0; image * Pixels < from.Length; image++)
        {
            int down = Randomness.Below(2 * MostShift + 1, seed, step, stream: 11, (uint)image) - MostShift;
            int right = Randomness.Below(2 * MostShift + 1, seed, step, stream: 12, (uint)image) - MostShift;
            bool isMirrored = Randomness.Below(2, seed, step, stream: 13, (uint)image) == 1;
            ReadOnlySpan<float> source = from.Slice(image * Pixels, Pixels);
            Span<float> target = to.Slice(image * Pixels, Pixels);
            for (int y = 0; y < Side; y++)
                for (int x = 0; x < Side; x++)
                {
                    int row = y - down, column = (isMirrored ? Side - 1 - x : x) - right;
                    target[y * Side + x] = (uint)row < Side && (uint)column < Side ? source[row * Side + column] : 0;
                }
        }
    }
}
