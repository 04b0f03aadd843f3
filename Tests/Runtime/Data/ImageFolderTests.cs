using System;
using System.IO;
using System.IO.Compression;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Images;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>A folder for each class; images of other sizes, damaged ones and none.</summary>
public sealed class ImageFolderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Fact]
    public void Images_AreLevelsInEitherOrder()
    {
        Save("cat/b.bmp", 2, 1, [255, 0, 51, 0, 102, 255]);
        Save("cat/a.BMP", 2, 1, [0, 0, 0, 0, 0, 0]);
        Save("dog/1.bmp", 2, 1, [1, 2, 3, 4, 5, 6]);
        File.WriteAllText(Path.Combine(folder["animals"], "cat", "notes.txt"), "no image");
        ImageFolder data = ImageFolder.Open(folder["animals"], 2, 1);
        Assert.Equal((3, 2), (data.Length, data.Classes));
        Assert.Equal(["cat", "dog"], data.ClassNames);
        var (features, label) = (new float[6], new int[1]);
        data.Read(1, new Item(features, [], [], label));
        Assert.Equal([1f, 0f, 0f, 0.4f, 0.2f, 1f], features);
        Assert.Equal(0, label[0]);
        ImageFolder.Open(folder["animals"], 2, 1, order: ImageOrder.ChannelsLast).Read(1, new Item(features, [], [], label));
        Assert.Equal([1f, 0f, 0.2f, 0f, 0.4f, 1f], features);
        data.Read(2, new Item(features, [], [], label));
        Assert.Equal(1, label[0]);
    }

    [Fact]
    public void UnusableFoldersAndImages_AreNamed()
    {
        TextTests.Refused("there is no such folder", () => ImageFolder.Open(folder["animals"], 2, 1));
        Directory.CreateDirectory(folder["animals"]);
        TextTests.Refused("there is no folder in it", () => ImageFolder.Open(folder["animals"], 2, 1));
        Directory.CreateDirectory(Path.Combine(folder["animals"], "cat"));
        TextTests.Refused("there is no image in it", () => ImageFolder.Open(folder["animals"], 2, 1));
        Save("cat/small.bmp", 1, 1, [1, 2, 3]);
        string path = Path.Combine(folder["animals"], "cat", "small.bmp");
        using (var wrongSize = new BatchReader(ImageFolder.Open(folder["animals"], 2, 1), size: 1))
            TextTests.Refused($"{path}: it has 1 × 1 pixels; every image must have 2 × 1", () => wrongSize.Next());
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..20]);
        using (var damaged = new BatchReader(ImageFolder.Open(folder["animals"], 1, 1), size: 1))
            TextTests.Refused($"{path}: its 20 bytes are no image", () => damaged.Next());
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageFolder.Open(folder["animals"], 2, 1, channels: 2));
    }

    [Fact]
    public void APng_IsDecoded()
    {
        Directory.CreateDirectory(Path.Combine(folder["animals"], "one"));
        // One grey pixel of level 128, as any program writes it.
        File.WriteAllBytes(Path.Combine(folder["animals"], "one", "x.png"), Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="));
        var (features, label) = (new float[1], new int[1]);
        ImageFolder.Open(folder["animals"], 1, 1, channels: 1).Read(0, new Item(features, [], [], label));
        Assert.Equal(128 / 255f, features[0], 6);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A BMP file of 24 bits: rows from the bottom, blue first, each filled up to four bytes.</summary>
    void Save(string name, int width, int height, byte[] rgb)
    {
        string path = Path.Combine(folder["animals"], name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        int row = (3 * width + 3) / 4 * 4;
        using var file = new BinaryWriter(File.Create(path));
        file.Write("BM"u8);
        file.Write(54 + row * height);
        file.Write(0);
        file.Write(54);
        file.Write(40);
        file.Write(width);
        file.Write(height);
        file.Write((short)1);
        file.Write((short)24);
        for (int i = 0; i < 6; i++) file.Write(0);
        for (int y = height - 1; y >= 0; y--)
        {
            for (int x = 0; x < width; x++)
                for (int c = 2; c >= 0; c--) file.Write(rgb[(y * width + x) * 3 + c]);
            for (int pad = 3 * width; pad < row; pad++) file.Write((byte)0);
        }
    }
}
