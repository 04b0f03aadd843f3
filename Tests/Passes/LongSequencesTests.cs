extern alias Compiler;
using System;
using System.Globalization;
using System.Linq;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Gradient;
using Compiler::ModelCompiler.Graphs;
using Compiler::ModelCompiler.IR;
using Compiler::ModelCompiler.Memory;
using ModelCompiler.Tests.Language;

namespace ModelCompiler.Tests.Passes;

/// <summary>A transformer's memory is that of its tokens, whether they are many short texts or few long ones.</summary>
public sealed class LongSequencesTests
{
    [Theory]
    [InlineData("4")]
    [InlineData("4, keyValueHeads: 2, window: 64, dropout: 0.1")]
    public void BytesOfAToken_DoNotGrowWithTheLengthOfTheText(string attention)
    {
        int[] lengths = [256, 512, 1024, 4096, 8192];
        long[] bytes = [.. lengths.Select(length => ArenaBytes(attention, 8192 / length, length))];
        // What is left over is the alignment of buffers.
        Assert.All(bytes, b => Assert.InRange((double)b / bytes[0], 0.99, 1.01));
    }

    [Fact]
    public void ScoresOfComposedAttention_DoGrow() =>
        Assert.True(ArenaBytes("4", 4, 1024, "Block2") > 1.5 * ArenaBytes("4", 16, 256, "Block2"));

    static long ArenaBytes(string attention, int batch, int length, string block = "Block1")
    {
        string text = string.Create(CultureInfo.InvariantCulture, $$"""
            namespace Demo;

            [Model]
            public sealed partial class Block1(int width)
            {
                readonly LayerNorm before = new(width);
                readonly CausalSelfAttention attention = new(width, {{attention}});

                public Tensor Forward(Tensor x, Tensor<int> documents) =>
                    x + attention.Forward(before.Forward(x), documents);
            }

            [Model]
            public sealed partial class Block2(int width)
            {
                readonly LayerNorm before = new(width);

                public Tensor Forward(Tensor x, Tensor<int> documents)
                {
                    Tensor y = before.Forward(x).Reshape(x.Length(0), 1, 1, x.Length(1), width);
                    return x + Attention(y, y, y, causal: true).Reshape(x.Length(0), x.Length(1), width);
                }
            }

            [Model, Dim("B", Max = {{batch}}), Dim("T", Max = {{length}})]
            public sealed partial class Root
            {
                readonly Embedding tokens = new(50, 32);
                readonly {{block}}[] blocks = Repeat(3, () => new {{block}}(32));
                readonly Linear head = new(32, 50);

                [Loss]
                public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> documents)
                {
                    Tensor x = tokens[ids];
                    foreach ({{block}} block in blocks) x = block.Forward(x, documents);
                    return CrossEntropy(head.Forward(x), ids);
                }
            }
            """);
        RecordedEntry loss = FrontEnd.Run(WrittenModel.ClosureOf("Root", ("Root.cs", text))).Entries
            .First(e => e.IsLoss);
        Differentiate.Run(loss.Graph, loss.Recorder);
        foreach ((string _, Action<Graph> run) in Pipeline.Passes) run(loss.Graph);
        return PlanMemory.Run(loss.Graph, null).ArenaBytes;
    }
}
