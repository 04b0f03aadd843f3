using System;
using System.IO;
using System.Linq;
using System.Text;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>Texts: characters to tokens and back, windows, and texts that cannot be used.</summary>
public sealed class TextTests
{
    [Fact]
    public void Characters_AreNumberedInOrderOfTheirCodePoints()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], "böse 🙂 bö");
        var text = CharacterText.Open(folder["text.txt"]);
        Assert.Equal((9, 6), (text.Length, text.AlphabetSize));
        int[] tokens = [.. text.Tokens.ToArray().Select(t => (int)t)];
        Assert.Equal([1, 4, 3, 2, 0, 5, 0, 1, 4], tokens);
        Assert.Equal("böse 🙂 bö", text.Decode(tokens));
        Assert.Equal([1, 5], text.Encode("b🙂"));
        using var bytes = new MemoryStream();
        text.WriteUtf8(1, 5, bytes);
        Assert.Equal("öse 🙂", Encoding.UTF8.GetString(bytes.ToArray()));
        Assert.Contains("U+007A", Assert.Throws<ArgumentException>(() => text.Encode("z")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_HoldWhatFollows()
    {
        var windows = new TextWindows("abc", Encoding.ASCII.GetBytes("abcdefgh"), window: 3, stride: 2);
        Assert.Equal((3, new ItemShape(Ids: 3, Labels: 3)), (windows.Length, windows.Shape));
        var (ids, labels) = (new int[3], new int[3]);
        windows.Read(2, new Item([], ids, [], labels));
        Assert.Equal("efg", string.Concat(ids.Select(c => (char)c)));
        Assert.Equal("fgh", string.Concat(labels.Select(c => (char)c)));
        new TextWindows("ids", new[] { 7, 70000, 9 }, window: 2).Read(0, new Item([], ids.AsSpan(0, 2), [], labels.AsSpan(0, 2)));
        Assert.Equal((7, 70000, 70000, 9), (ids[0], ids[1], labels[0], labels[1]));
    }

    [Fact]
    public void UnusableTexts_AreRefused()
    {
        using var folder = new TemporaryFolder();
        Refused("there is no such file", () => CharacterText.Open(folder["missing.txt"]));
        Refused("empty", () => new CharacterText("t", []));
        Refused("byte 1 is 0xFF", () => new CharacterText("t", [65, 0xFF, 66]));
        Refused("3 different characters; there is room for 2", () => new CharacterText("t", "abc"u8.ToArray(), vocabulary: 2));
        Refused("there are 4 tokens; a window of 4 and the token after it need 5", () => new TextWindows("t", new byte[4], window: 4));
        Refused("token 1 is 9; with a vocabulary of 5", () => new TextWindows("t", new[] { 1, 9, 2, 3 }, window: 2, vocabulary: 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextWindows("t", new byte[9], window: 0));
    }

    internal static void Refused(string part, Action action) =>
        Assert.Contains(part, Assert.Throws<DatasetException>(action).Message, StringComparison.Ordinal);
}
