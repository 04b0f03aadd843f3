using System;
using System.Linq;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Tests.Runtime.Diagnostics;

/// <summary>What generated entry points ask of their arguments.</summary>
public sealed class CheckTests
{
    [Fact]
    public void Tokens_FindsAWrongOneAtEveryPlace()
    {
        for (int length = 1; length <= 50; length++)
            for (int place = 0; place < length; place++)
                foreach (int wrong in new[] { -1, 100, int.MinValue, int.MaxValue })
                {
                    int[] tokens = [.. Enumerable.Range(0, length).Select(i => i % 2 == 0 ? 99 : 0)];
                    Check.Tokens("ids", tokens, 100);
                    tokens[place] = wrong;
                    ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => Check.Tokens("ids", tokens, 100));
                    Assert.Equal("ids", error.ParamName);
                    Assert.Equal(wrong, error.ActualValue);
                    Assert.StartsWith($"ids[{place}] is {wrong}; it must be from 0 to 99. Check that the data was encoded", error.Message, StringComparison.Ordinal);
                }
    }

    /// <summary>What told a dim is named: it may be the one that is wrong.</summary>
    [Fact]
    public void Length_NamesTheArgumentThatToldTheDims()
    {
        Assert.Equal("labels has 4 elements; [B] needs 12. Its dims follow from the length of images: pass a slice of that length, or look whether images is as it should be. (Parameter 'labels')",
            Assert.Throws<ArgumentException>(() => Check.Length("labels", "[B]", 12, 4, "images")).Message);
        Assert.StartsWith("x has 32 elements, which do not fill [B, 5] evenly: 30 would.",
            Assert.Throws<ArgumentException>(() => Check.Length("x", "[B, 5]", 30, 32, "x")).Message, StringComparison.Ordinal);
        Check.Length("x", "[B, 5]", 30, 30, "x");
    }

    [Fact]
    public void Tokens_NamesTheFirstOfSeveralWrongOnes()
    {
        int[] tokens = [.. Enumerable.Range(0, 40)];
        Assert.StartsWith("ids[20] is 20", Assert.Throws<ArgumentOutOfRangeException>(() => Check.Tokens("ids", tokens, 20)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_MayBeAnythingNotNegativeInTheLargestTable()
    {
        Check.Tokens("ids", [0, int.MaxValue], 1L << 31);
        Check.Tokens("ids", [], 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => Check.Tokens("ids", [0, -1], 1L << 40));
    }

    [Theory]
    [InlineData(8, 4, 16, 4, null)]
    [InlineData(4, 4, 16, 4, null)]
    [InlineData(16, 4, 16, 4, null)]
    [InlineData(3, 4, 16, 4, "T is 3; it must be from 4 to 16.")]
    [InlineData(20, 4, 16, 4, "T is 20; it must be from 4 to 16. Use less at once, or raise Max in [Dim(\"T\")] and build again.")]
    [InlineData(10, 4, 16, 4, "T is 10; it must be a multiple of 4.")]
    public void Dim_IsWithinItsBoundsAndAMultiple(int value, int min, int max, int multiple, string? message)
    {
        Exception? error = Record.Exception(() => Check.Dim("T", value, min, max, multiple));
        if (message is null) Assert.Null(error);
        else Assert.StartsWith(message, Assert.IsType<ArgumentOutOfRangeException>(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_IsTheShapes()
    {
        Check.Length("x", "[B, 64]", 128, 128);
        ArgumentException error = Assert.Throws<ArgumentException>(() => Check.Length("x", "[B, 64]", 3L << 31, 5));
        Assert.StartsWith("x has 5 elements; [B, 64] needs 6442450944. Pass a slice of that length, or other dims.", error.Message, StringComparison.Ordinal);
        Assert.Equal("x", error.ParamName);
    }
}
