using System;
using System.Buffers.Binary;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// Images with labels in the format of MNIST: one idx file of images, one of labels, either of them gzip-compressed or
/// not. An item's features are grey levels in [0, 1], row by row; its label is the class.
/// </summary>
/// <remarks>
/// <para><b>Source</b>: LeCun, Cortes and Burges, The MNIST database of handwritten digits, file formats.</para>
/// <para><b>Memory</b>: one byte a pixel.</para>
/// </remarks>
/// <example><code>
/// IdxImages training = IdxImages.Open("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", classes: 10);
/// </code></example>
public sealed class IdxImages : Dataset
{
    const int UnsignedBytes = 8;

    readonly byte[] pixels, labels;
    readonly int firstPixel, firstLabel;

    IdxImages(string path, Header image, Header label, byte[] pixels, byte[] labels, int classes)
        : base(path, image.Axes[0], new(Features: image.Item, Labels: 1), classes)
    {
        (Rows, Columns) = (image.Axes[1], image.Axes[2]);
        (this.pixels, firstPixel, this.labels, firstLabel) = (pixels, image.Bytes, labels, label.Bytes);
    }

    /// <summary>Pixels of an image from top to bottom.</summary>
    public int Rows { get; }

    /// <summary>Pixels of an image from left to right.</summary>
    public int Columns { get; }

    /// <summary>Reads both files.</summary>
    /// <param name="images">Path of an idx file of unsigned bytes with three axes: images, rows, columns.</param>
    /// <param name="labels">Path of an idx file of unsigned bytes with one axis.</param>
    /// <param name="classes">Labels are below it; from 1 to 256.</param>
    /// <exception cref="DatasetException">
    /// A file is missing, damaged or of another kind, the two do not belong together, or a label is out of range.
    /// </exception>
    public static IdxImages Open(string images, string labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 256);
        byte[] pixels = DataFile.ReadUnpacked(images), names = DataFile.ReadUnpacked(labels);
        Header image = Header.Read(images, pixels, axes: 3), label = Header.Read(labels, names, axes: 1);
        if (image.Axes[0] != label.Axes[0])
            throw new DatasetException(images,
                $"there are {image.Axes[0]} images, but {label.Axes[0]} labels in {labels}. Use two files that " +
                "belong " +
                "together.");
        for (int i = 0; i < label.Axes[0]; i++)
        {
            if (names[label.Bytes + i] < classes) continue;
            throw new DatasetException(labels,
                $"the label at byte {label.Bytes + i} is {names[label.Bytes + i]}; with {classes} classes it must be " +
                $"from 0 to {classes - 1}.", row: i + 1);
        }
        return new(images, image, label, pixels, names, classes);
    }

    /// <inheritdoc/>
    public override void Read(int index, Item item)
    {
        ReadOnlySpan<byte> image = pixels.AsSpan(firstPixel + index * Shape.Features, Shape.Features);
        for (int i = 0; i < image.Length; i++) item.Features[i] = image[i] / 255f;
        item.Labels[0] = labels[firstLabel + index];
    }

    /// <inheritdoc/>
    public override string Describe(int index) => $"{Name}, image {index + 1}";

    /// <summary>What an idx file says about itself: two zeros, element type, number of axes, their lengths.</summary>
    readonly record struct Header(int[] Axes, int Bytes, int Item)
    {
        public static Header Read(string path, byte[] file, int axes)
        {
            int bytes = 4 + 4 * axes;
            if (file.Length < bytes)
                throw new DatasetException(path,
                    $"it has {file.Length} bytes; the header of an idx file with {axes} axes has {bytes}. Fetch it " +
                    "again.");
            if (file[0] != 0 || file[1] != 0 || file[2] != UnsignedBytes || file[3] != axes)
                throw new DatasetException(path,
                    $"it starts with {Convert.ToHexString(file, 0, 4)}; an idx file of unsigned bytes with {axes} " +
                    $"axes starts with 000008{axes:X2}. Check that images and labels are not exchanged.");
            var lengths = new int[axes];
            long item = 1;
            for (int i = 0; i < axes; i++)
            {
                uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(4 + 4 * i));
                if (length == 0 || length > int.MaxValue)
                    throw new DatasetException(path,
                        $"axis {i} has length {length}; expected from 1 to {int.MaxValue}.");
                lengths[i] = (int)length;
                if (i > 0) item = Math.Min(int.MaxValue, item * length);
            }
            long expected = bytes + item * lengths[0];
            if (file.Length != expected)
                throw new DatasetException(path,
                    $"it has {file.Length} bytes; {string.Join(" × ", lengths)} elements and the header of {bytes} " +
                    $"bytes are {expected}. " + (file.Length < expected ? "It is cut off: fetch it again."
                        : "It is longer than it says: fetch it again."));
            return new(lengths, bytes, (int)item);
        }
    }
}
