using System;
using System.IO;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace ModelCompiler.Runtime.Data;

/// <summary>Data sets built into a program, gzip-compressed, so that it needs no other file.</summary>
/// <example><code>
/// // In the project: &lt;EmbeddedResource Include="shakespeare.txt.gz" LogicalName="shakespeare.txt.gz" /&gt;
/// byte[] text = EmbeddedData.Open(typeof(Program).Assembly, "shakespeare.txt.gz", sha256: "86c4e6aa…");
/// </code></example>
public static class EmbeddedData
{
    /// <summary>Decompresses a resource and checks that it is the one expected.</summary>
    /// <param name="assembly">The program it is built into.</param>
    /// <param name="name">Of the resource, a gzip file.</param>
    /// <param name="sha256">SHA-256 of the decompressed bytes: 64 hexadecimal digits, in either case.</param>
    /// <returns>All bytes, decompressed.</returns>
    /// <exception cref="EmbeddedDataException">There is no such resource, or it is damaged or another one.</exception>
    public static byte[] Open(Assembly assembly, string name, string sha256)
    {
        using Stream resource = assembly.GetManifestResourceStream(name) ?? throw Missing(assembly, name);
        byte[] bytes = Decompress(resource, name);
        string actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (!string.Equals(actual, sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new EmbeddedDataException(name,
                $"its {bytes.Length} decompressed bytes have SHA-256 {actual}; {sha256.ToLowerInvariant()} is " +
                    "expected. " +
                "Put the original file back and build again, or change the checksum if new data is meant.");
        }
        return bytes;
    }

    static byte[] Decompress(Stream resource, string name)
    {
        try
        {
            using var gzip = new GZipStream(resource, CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            gzip.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (InvalidDataException failure)
        {
            throw new EmbeddedDataException(
                name, $"it is not a whole gzip file: {failure.Message} Compress the original again and build.",
                    failure);
        }
    }

    static EmbeddedDataException Missing(Assembly assembly, string name)
    {
        string[] there = assembly.GetManifestResourceNames();
        string list = there.Length == 0 ? "none" : string.Join(", ", there);
        return new EmbeddedDataException(name,
            $"{assembly.GetName().Name} has no such resource; those there: {list}. " +
            $"Add <EmbeddedResource Include=\"…\" LogicalName=\"{name}\" /> to its project.");
    }
}
