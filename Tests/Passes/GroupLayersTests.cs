extern alias Compiler;
using System.Linq;
using Compiler::ModelCompiler.Graphs;

namespace ModelCompiler.Tests.Passes;

/// <summary>Which stretches of a row of layers become loops.</summary>
public sealed class GroupLayersTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("ab", "a b")]
    [InlineData("aaaa", "a*4")]
    [InlineData("ababab", "ab*3")]
    [InlineData("ababa", "ab*2 a")]
    [InlineData("abbbbc", "a b*4 c")]
    [InlineData("aabaabaa", "aab*2 a*2")]
    [InlineData("aaabbb", "a*3 b*3")]
    [InlineData("xababaaaa", "x ab*2 a*4")]
    [InlineData("aaaaabaaaaabaaaaab", "aaaaab*3")]
    [InlineData("abcdef", "a b c d e f")]
    [InlineData("abcabcx", "abc*2 x")]
    public void Row_BecomesLoops(string keys, string groups)
    {
        var found = GroupLayers.Run([.. keys.Select(k => (int)k)]);
        Assert.Equal(groups, string.Join(' ', found.Select(g => keys.Substring(g.Start, g.Period) + (g.Repeats > 1 ? $"*{g.Repeats}" : ""))));
    }

    [Fact]
    public void AnyRow_IsCoveredInOrder()
    {
        var random = new System.Random(5);
        for (int run = 0; run < 500; run++)
        {
            int[] keys = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(1 + run % 3))];
            int next = 0;
            foreach ((int start, int period, int repeats) in GroupLayers.Run(keys))
            {
                Assert.Equal(next, start);
                for (int i = start + period; i < start + period * repeats; i++) Assert.Equal(keys[i - period], keys[i]);
                next = start + period * repeats;
            }
            Assert.Equal(keys.Length, next);
        }
    }
}
