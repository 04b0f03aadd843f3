using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Data;
using StbImageSharp;

namespace ModelCompiler.Runtime.Images;

/// <summary>
/// A folder with one folder for each class, in which its images are: PNG, JPEG, BMP, GIF or TGA files. An item's
/// features are levels in [0, 1], its label the number of its folder in order of the names.
/// </summary>
/// <remarks>
/// <para><b>Memory</b>: the paths. Images are read and decoded each time they are asked for, which allocates; a
/// <see cref="BatchReader"/> does it while the model computes.</para>
/// </remarks>
/// <example><code>
/// ImageFolder animals = ImageFolder.Open("animals", width: 32, height: 32);   // cat/1.png, dog/1.jpg
/// DataSplit split = animals.Split(validation: 0.2, seed: 1, stratified: true);
/// </code></example>
public sealed class ImageFolder : Dataset
{
    static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tga"];

    readonly string[] files;
    readonly int[] labels;

    ImageFolder(string folder, string[] classes, string[] files, int[] labels, int width, int height, int channels,
        ImageOrder order)
        : base(folder, files.Length, new(Features: checked(width * height * channels), Labels: 1), classes.Length)
    {
        (ClassNames, this.files, this.labels) = (classes, files, labels);
        (Width, Height, Channels, Order) = (width, height, channels, order);
    }

    /// <summary>Names of the folders, in the order of the labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>Numbers of a pixel: 1 for grey, 3 for red, green and blue, 4 with opacity.</summary>
    public int Channels { get; }

    /// <summary>How the numbers of an image follow each other.</summary>
    public ImageOrder Order { get; }

    /// <summary>Finds the images; each is decoded when it is read.</summary>
    /// <param name="folder">Its path.</param>
    /// <param name="width">Pixels that every image has from left to right.</param>
    /// <param name="height">Pixels that every image has from top to bottom.</param>
    /// <param name="channels">1, 3 or 4; files with others are converted.</param>
    /// <param name="order">How the numbers of an image follow each other.</param>
    /// <exception cref="DatasetException">There is no such folder, or no class or no image in it.</exception>
    public static ImageFolder Open(string folder, int width, int height, int channels = 3,
        ImageOrder order = ImageOrder.ChannelsFirst)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Images have 1, 3 or 4 channels.");
        if (!Directory.Exists(folder))
            throw new DatasetException(folder,
                $"there is no such folder (looked for {Path.GetFullPath(folder)}). Check the path.");
        // The order of a folder's entries is the file system's affair; labels must not be.
        string[] classes = [.. Directory.GetDirectories(folder).Select(d => Path.GetFileName(d)!)
            .Where(n => !n.StartsWith('.')).Order(StringComparer.Ordinal)];
        if (classes.Length == 0)
            throw new DatasetException(folder, "there is no folder in it. Put the images of each class in one.");
        List<string> files = [];
        List<int> labels = [];
        for (int label = 0; label < classes.Length; label++)
        {
            string[] images = [.. Directory.GetFiles(Path.Combine(folder, classes[label]))
                .Where(f => Extensions.Contains(Path.GetExtension(f).ToLowerInvariant()))
                .Order(StringComparer.Ordinal)];
            if (images.Length == 0)
                throw new DatasetException(Path.Combine(folder, classes[label]),
                    $"there is no image in it ({string.Join(", ", Extensions)}). Add some, or remove the folder.");
            files.AddRange(images);
            labels.AddRange(Enumerable.Repeat(label, images.Length));
        }
        return new(folder, classes, [.. files], [.. labels], width, height, channels, order);
    }

    /// <inheritdoc/>
    public override void Read(int index, Item item)
    {
        string file = files[index];
        ImageResult image = Decode(file);
        if (image.Width != Width || image.Height != Height)
            throw new DatasetException(file,
                $"it has {image.Width} × {image.Height} pixels; every image must have {Width} × {Height}. Scale it, " +
                "or open the folder with its size.");
        int pixels = Width * Height;
        for (int channel = 0; channel < Channels; channel++)
        {
            (int start, int stride) = Order == ImageOrder.ChannelsFirst ? (channel * pixels, 1) : (channel, Channels);
            for (int i = 0; i < pixels; i++)
                item.Features[start + i * stride] = image.Data[i * Channels + channel] / 255f;
        }
        item.Labels[0] = labels[index];
    }

    /// <inheritdoc/>
    public override string Describe(int index) => files[index];

    ImageResult Decode(string file)
    {
        ColorComponents wanted = Channels switch
        {
            1 => ColorComponents.Grey,
            3 => ColorComponents.RedGreenBlue,
            _ => ColorComponents.RedGreenBlueAlpha,
        };
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(file, $"it cannot be read: {failure.Message}", innerException: failure);
        }
        try
        {
            return ImageResult.FromMemory(bytes, wanted);
        }
        // The decoder answers damaged files with whatever exception it runs into.
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new DatasetException(file,
                $"its {bytes.Length} bytes are no image that can be decoded: {failure.Message} Save it again as PNG.",
                innerException: failure);
        }
    }
}
