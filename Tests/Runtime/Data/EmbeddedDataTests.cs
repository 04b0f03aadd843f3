using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using ModelCompiler.Runtime.Data;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>Data built into a program: whole, missing, damaged, another one.</summary>
public sealed class EmbeddedDataTests
{
    static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n")));

    static readonly string Checksum = Convert.ToHexStringLower(SHA256.HashData(Text));

    [Fact]
    public void AWholeResource_IsDecompressed()
    {
        var assembly = new ResourceAssembly("text.gz", ResourceAssembly.Gzip(Text));
        Assert.Equal(Text, EmbeddedData.Open(assembly, "text.gz", Checksum));
        Assert.Equal(Text, EmbeddedData.Open(assembly, "text.gz", Checksum.ToUpperInvariant()));
    }

    [Fact]
    public void AMissingResource_IsAnsweredWithThoseThere()
    {
        var assembly = new ResourceAssembly("text.gz", ResourceAssembly.Gzip(Text));
        EmbeddedDataException error = Assert.Throws<EmbeddedDataException>(() => EmbeddedData.Open(assembly, "tekst.gz", Checksum));
        Assert.Equal("tekst.gz", error.Resource);
        Assert.StartsWith("tekst.gz: Resources has no such resource; those there: text.gz. Add <EmbeddedResource", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<EmbeddedDataException>(() => EmbeddedData.Open(typeof(EmbeddedDataTests).Assembly, "text.gz", Checksum));
        Assert.Contains("ModelCompiler.Tests has no such resource; those there: none.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherChecksum_IsRefusedWithBoth()
    {
        var assembly = new ResourceAssembly("text.gz", ResourceAssembly.Gzip([.. Text, 1]));
        EmbeddedDataException error = Assert.Throws<EmbeddedDataException>(() => EmbeddedData.Open(assembly, "text.gz", Checksum));
        string actual = Convert.ToHexStringLower(SHA256.HashData([.. Text, 1]));
        Assert.StartsWith($"text.gz: its {Text.Length + 1} decompressed bytes have SHA-256 {actual}; {Checksum} is expected.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADamagedResource_IsRefusedWhereverTheDamageIs()
    {
        byte[] whole = ResourceAssembly.Gzip(Text);
        for (int i = 0; i < whole.Length; i += 7)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x40;
            Exception? error = Record.Exception(() =>
            {
                byte[] bytes = EmbeddedData.Open(new ResourceAssembly("text.gz", damaged), "text.gz", Checksum);
                Assert.Equal(Text, bytes);      // a header's date may be another one
            });
            Assert.True(error is null ? i < 10 : error is EmbeddedDataException { Resource: "text.gz" }, $"byte {i}: {error}");
        }
    }

    [Fact]
    public void ATruncatedOrForeignResource_IsRefused()
    {
        byte[] whole = ResourceAssembly.Gzip(Text);
        foreach (byte[] wrong in new byte[][] { [], whole[..5], whole[..(whole.Length / 2)], whole[..^40], Text })
        {
            EmbeddedDataException error = Assert.Throws<EmbeddedDataException>(() => EmbeddedData.Open(new ResourceAssembly("text.gz", wrong), "text.gz", Checksum));
            Assert.StartsWith("text.gz: it", error.Message, StringComparison.Ordinal);
        }
        EmbeddedDataException foreign = Assert.Throws<EmbeddedDataException>(() => EmbeddedData.Open(new ResourceAssembly("text.gz", Text), "text.gz", Checksum));
        Assert.Contains("it is not a whole gzip file", foreign.Message, StringComparison.Ordinal);
        Assert.NotNull(foreign.InnerException);
    }
}
