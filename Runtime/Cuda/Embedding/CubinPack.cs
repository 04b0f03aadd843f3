using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace ModelCompiler.Runtime.Cuda.Embedding;

/// <summary>Compiled kernels in one file, which a build embeds in an assembly: every text for every target.</summary>
/// <remarks>
/// <para>8 bytes "MCCUBINS", the length of the index as int32, its SHA-256, the index, and the images one behind the
/// other, each compressed by Brotli, whose output is the same on every machine. The index holds the compiler, the
/// number of entries, and of each its key, name and target, where its image begins, how many bytes it has there and
/// uncompressed, and its SHA-256.</para>
/// <para>Which compiler made it is no part of a key: what is embedded is used whatever NVRTC a machine has, or none.
/// </para>
/// <para><b>Memory</b>: the index. Images are read when they are asked for.</para>
/// </remarks>
sealed class CubinPack
{
    /// <summary>What the file is called among an assembly's resources.</summary>
    public const string Resource = "modelcompiler.cubins";

    const int PrefixBytes = 8 + sizeof(int) + SHA256.HashSizeInBytes, MostIndexBytes = 64 << 20;
    const int Quality = 9, Window = 22;     // of Brotli: nearly its best, in a tenth of the time

    readonly Func<Stream> open;
    readonly long start;
    readonly Dictionary<string, Entry[]> entries;

    CubinPack(string owner, string compiler, IEnumerable<Entry> all, Func<Stream> open, long start)
    {
        (Owner, Compiler, this.open, this.start) = (owner, compiler, open, start);
        entries = all.GroupBy(e => e.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        Targets = [.. entries.Values.SelectMany(e => e).Select(e => e.Target).Distinct().Order()];
    }

    /// <summary>The assembly it is embedded in, for messages.</summary>
    public string Owner { get; }

    /// <summary>What compiled it, such as "NVRTC 11.8".</summary>
    public string Compiler { get; }

    /// <summary>How many texts it holds.</summary>
    public int Count => entries.Count;

    /// <summary>All that any of them is compiled for.</summary>
    public IReadOnlyList<CubinTarget> Targets { get; }

    static ReadOnlySpan<byte> Magic => "MCCUBINS"u8;

    /// <summary>Where a text is found, whatever compiles it.</summary>
    /// <param name="source">The whole text.</param>
    /// <param name="options">Of NVRTC, besides the architecture and C++17.</param>
    public static CacheKey KeyOf(string source, ReadOnlySpan<string> options) =>
        CacheKey.Of(source, [.. CudaRuntimeCompiler.DefaultOptions, .. options], "embedded", "");

    /// <summary>Reads the index.</summary>
    /// <param name="owner">The assembly, for messages.</param>
    /// <param name="open">A new stream of the whole file, which can seek; is called again for each image.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    public static CubinPack Read(string owner, Func<Stream> open)
    {
        using Stream file = open();
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        if (file.ReadAtLeast(prefix, PrefixBytes, throwOnEndOfStream: false) < PrefixBytes
            || !prefix.StartsWith(Magic)) throw Damaged(owner);
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix[Magic.Length..]);
        if (length is < 0 or > MostIndexBytes) throw Damaged(owner);
        var index = new byte[length];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (file.ReadAtLeast(index, length, throwOnEndOfStream: false) < length) throw Damaged(owner);
        SHA256.HashData(index, hash);
        if (!hash.SequenceEqual(prefix[(Magic.Length + sizeof(int))..])) throw Damaged(owner);
        using var reader = new BinaryReader(new MemoryStream(index), Encoding.UTF8);
        string compiler = reader.ReadString();
        var all = new Entry[reader.ReadInt32()];
        for (int i = 0; i < all.Length; i++)
            all[i] = new Entry(Convert.ToHexStringLower(reader.ReadBytes(SHA256.HashSizeInBytes)), reader.ReadString(),
                CubinTarget.Parse(reader.ReadString()), reader.ReadInt64(), reader.ReadInt32(),
                reader.ReadInt32(), reader.ReadBytes(SHA256.HashSizeInBytes));
        return new CubinPack(owner, compiler, all, open, PrefixBytes + length);
    }

    /// <summary>Whether it holds just these texts for just these targets.</summary>
    public bool IsOf(IEnumerable<PackedText> texts, IReadOnlyList<CubinTarget> targets)
    {
        string[] keys = [.. texts.Select(t => t.Key.Text).Distinct(StringComparer.Ordinal)];
        return keys.Length == entries.Count && keys.All(k => entries.TryGetValue(k, out Entry[]? found)
            && found.Select(e => e.Target).Order().SequenceEqual(targets));
    }

    /// <summary>What a text is compiled for; nothing where it is not here.</summary>
    public IEnumerable<CubinTarget> TargetsOf(CacheKey key) =>
        entries.TryGetValue(key.Text, out Entry[]? found) ? found.Select(e => e.Target) : [];

    /// <summary>What a text was compiled to, a cubin or PTX.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public byte[] Image(CacheKey key, CubinTarget target)
    {
        Entry entry = entries[key.Text].Single(e => e.Target == target);
        using Stream file = open();
        file.Position = start + entry.Offset;
        byte[] packed = new byte[entry.PackedLength], image = new byte[entry.Length];
        if (file.ReadAtLeast(packed, packed.Length, throwOnEndOfStream: false) < packed.Length
            || !BrotliDecoder.TryDecompress(packed, image, out int written) || written != image.Length
            || !SHA256.HashData(image).AsSpan().SequenceEqual(entry.Hash)) throw Damaged(Owner);
        return image;
    }

    /// <summary>The file. Equal images have equal bytes, in whatever order they come.</summary>
    /// <param name="compiler">Such as "NVRTC 11.8".</param>
    /// <param name="images">Of every text and target one.</param>
    public static byte[] Write(string compiler, IEnumerable<(PackedText Text, CubinTarget Target, byte[] Image)> images)
    {
        (PackedText Text, CubinTarget Target, byte[] Image, byte[] Packed)[] sorted = [.. images
            .OrderBy(i => i.Text.Name, StringComparer.Ordinal).ThenBy(i => i.Text.Key.Text, StringComparer.Ordinal)
            .ThenBy(i => i.Target).Select(i => (i.Text, i.Target, i.Image, Compress(i.Image)))];
        var index = new MemoryStream();
        using (var writer = new BinaryWriter(index, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(compiler);
            writer.Write(sorted.Length);
            long offset = 0;
            foreach ((PackedText text, CubinTarget target, byte[] image, byte[] packed) in sorted)
            {
                writer.Write(Convert.FromHexString(text.Key.Text));
                writer.Write(text.Name);
                writer.Write(target.ToString());
                writer.Write(offset);
                writer.Write(packed.Length);
                writer.Write(image.Length);
                writer.Write(SHA256.HashData(image));
                offset += packed.Length;
            }
        }
        byte[] described = index.ToArray();
        var file = new MemoryStream();
        file.Write(Magic);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, described.Length);
        file.Write(length);
        file.Write(SHA256.HashData(described));
        file.Write(described);
        foreach ((_, _, _, byte[] packed) in sorted) file.Write(packed);
        return file.ToArray();
    }

    static byte[] Compress(byte[] image)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(image.Length)];
        return BrotliEncoder.TryCompress(image, packed, out int length, Quality, Window) ? packed[..length]
            : throw new InvalidOperationException("Brotli needs more room than it says. Please report this.");
    }

    static InvalidDataException Damaged(string owner) =>
        new($"The compiled kernels that {owner} embeds are damaged, or of another version of ModelCompiler.");

    sealed record Entry(string Key, string Name, CubinTarget Target, long Offset, int PackedLength, int Length,
        byte[] Hash);
}
