using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace ModelCompiler.Tests.Package;

/// <summary>The files that walk-throughs read: small, with something to learn in them.</summary>
static class GuideData
{
    const int Rows = 400, Images = 240, Side = 12;

    /// <summary>Writes them where a program will be started.</summary>
    public static void WriteTo(string folder)
    {
        var random = new Random(1);
        File.WriteAllText(Path.Combine(folder, "flats.csv"), Flats(random));
        (byte[] images, byte[] labels) = Shapes(random);
        File.WriteAllBytes(Path.Combine(folder, "shapes-images.idx"), images);
        File.WriteAllBytes(Path.Combine(folder, "shapes-labels.idx"), labels);
        const string text = "the cat sat on the mat. the dog saw the cat, and the cat saw the dog. the sun set on the hill. ";
        File.WriteAllText(Path.Combine(folder, "text.txt"), string.Concat(Enumerable.Repeat(text, 30)));
    }

    /// <summary>In the centre the age decides, elsewhere the size; a tenth of the ages is missing.</summary>
    static string Flats(Random random)
    {
        var text = new StringBuilder("size,age,district,quick\n");
        for (int i = 0; i < Rows; i++)
        {
            double size = 20 + 100 * random.NextDouble(), age = 60 * random.NextDouble();
            string district = new[] { "north", "south", "centre" }[random.Next(3)];
            bool isQuick = district == "centre" ? age < 30 : size < 70;
            string known = random.Next(10) == 0 ? "" : age.ToString("F0", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{size:F1},{known},{district},{(isQuick ? "yes" : "no")}\n");
        }
        return text.ToString();
    }

    /// <summary>A frame, a diagonal or a cross, somewhere on a dark, noisy ground.</summary>
    static (byte[] Images, byte[] Labels) Shapes(Random random)
    {
        byte[] images = [0, 0, 8, 3, .. Number(Images), .. Number(Side), .. Number(Side), .. new byte[Images * Side * Side]];
        byte[] labels = [0, 0, 8, 1, .. Number(Images), .. new byte[Images]];
        for (int i = 0, at = 16; i < Images; i++)
        {
            (int kind, int left, int top) = (i % 3, random.Next(5), random.Next(5));
            labels[8 + i] = (byte)kind;
            for (int y = -top; y < Side - top; y++)
                for (int x = -left; x < Side - left; x++)
                {
                    bool isInside = x is >= 0 and < 8 && y is >= 0 and < 8;
                    bool isOn = isInside && kind switch { 0 => x is 0 or 7 || y is 0 or 7, 1 => x == y, _ => x == 4 || y == 4 };
                    images[at++] = (byte)(isOn ? 200 : random.Next(40));
                }
        }
        return (images, labels);
    }

    static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
