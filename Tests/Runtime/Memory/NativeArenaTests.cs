using System;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Tests.Runtime.Memory;

/// <summary>Native memory: where it starts, what is in it, when it is gone.</summary>
public sealed unsafe class NativeArenaTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100_001)]
    public void Arenas_StartOnACacheLineWithZeros(long length)
    {
        for (int i = 0; i < 20; i++)
        {
            using var arena = new NativeArena(length);
            Assert.Equal(0, (nint)arena.Data % NativeArena.Alignment);
            Assert.Equal(length, arena.Length);
            // A whole vector can be read at the last byte.
            Assert.Equal(-1, new Span<byte>(arena.Data, (int)(length + 63) / 64 * 64).IndexOfAnyExcept((byte)0));
            new Span<byte>(arena.Data, (int)length).Fill(0xAB);
        }
    }

    [Fact]
    public void Clear_ZeroesAll()
    {
        using var arena = new NativeArena(1000);
        var bytes = new Span<byte>(arena.Data, 1000);
        bytes.Fill(7);
        arena.Clear();
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void ADisposedArena_IsRefused()
    {
        var arena = new NativeArena(10);
        arena.Dispose();
        arena.Dispose();
        Assert.Throws<ObjectDisposedException>(() => (nint)arena.Data);
        Assert.Throws<ObjectDisposedException>(arena.Clear);
    }

    [Fact]
    public void WrongLengths_AreRefused()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new NativeArena(-5));
        Assert.StartsWith("An arena of -5 bytes was asked for; the length must be 0 or more.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreThanTheSystemHas_IsAnsweredWithBothSizes()
    {
        InsufficientMemoryException error = Assert.Throws<InsufficientMemoryException>(() => new NativeArena(long.MaxValue - 1000));
        Assert.Contains("(9223372036854774807 bytes) of memory were asked for", error.Message, StringComparison.Ordinal);
        Assert.Contains("Lower the Max of a [Dim]", error.Message, StringComparison.Ordinal);
    }
}
