using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Linq;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>Images in MNIST's format, whole and damaged in every way.</summary>
public sealed class IdxImagesTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly byte[] images = [.. Idx(3, 2, 4), .. Enumerable.Range(0, 24).Select(i => (byte)(i * 10))], labels = [.. Idx(3), 2, 0, 1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WholeFiles_AreRead(bool compressed)
    {
        IdxImages data = Open(images, labels, 3, compressed);
        Assert.Equal((3, 2, 4, 3), (data.Length, data.Rows, data.Columns, data.Classes));
        var (features, label) = (new float[8], new int[1]);
        data.Read(1, new Item(features, [], [], label));
        Assert.Equal(Enumerable.Range(8, 8).Select(i => i * 10 / 255f), features);
        Assert.Equal(0, label[0]);
        Assert.EndsWith("images, image 2", data.Describe(1), StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFiles_AreRefused()
    {
        Refused("there is no such file", () => IdxImages.Open(folder["none"], folder["none"], 3));
        Refused("40 bytes; 3 × 2 × 4 elements and the header of 16 bytes are 40. It is", images[..^1], labels, "39 bytes");
        Refused("It is longer than it says", [.. images, 0], labels);
        Refused("8 bytes; the header of an idx file with 3 axes has 16", images[..8], labels);
        Refused("it starts with 00000801; an idx file of unsigned bytes with 3 axes starts with 00000803", labels.Concat(new byte[20]).ToArray(), labels);
        Refused("it starts with 000008", images, images);
        Refused("there are 3 images, but 2 labels", images, [.. Idx(2), 0, 1]);
        Refused("row 2: the label at byte 9 is 3; with 3 classes", images, [.. Idx(3), 2, 3, 1]);
        Refused("axis 1 has length 0", Idx(3, 0, 4), labels);
        Refused("it is cut off", [.. Idx(int.MaxValue, int.MaxValue, int.MaxValue), 1], labels);
    }

    [Fact]
    public void ACutGzipFile_IsRefused()
    {
        File.WriteAllBytes(folder["images"], Zip(images)[..20]);
        File.WriteAllBytes(folder["labels"], labels);
        Assert.Throws<DatasetException>(() => IdxImages.Open(folder["images"], folder["labels"], 3));
    }

    public void Dispose() => folder.Dispose();

    void Refused(string part, byte[] someImages, byte[] someLabels, string? instead = null) =>
        Refused(instead ?? part, () => Open(someImages, someLabels, 3, false));

    static void Refused(string part, Action action) =>
        Assert.Contains(part, Assert.Throws<DatasetException>(action).Message, StringComparison.OrdinalIgnoreCase);

    IdxImages Open(byte[] someImages, byte[] someLabels, int classes, bool compressed)
    {
        File.WriteAllBytes(folder["images"], compressed ? Zip(someImages) : someImages);
        File.WriteAllBytes(folder["labels"], compressed ? Zip(someLabels) : someLabels);
        return IdxImages.Open(folder["images"], folder["labels"], classes);
    }

    static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest)) gzip.Write(bytes);
        return zipped.ToArray();
    }

    static byte[] Idx(params int[] axes)
    {
        var header = new byte[4 + 4 * axes.Length];
        (header[2], header[3]) = (8, (byte)axes.Length);
        for (int i = 0; i < axes.Length; i++) BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), axes[i]);
        return header;
    }
}
