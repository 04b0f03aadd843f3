using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Language;

/// <summary>
/// A library layer records its graph by running; the same source as a user's own [Model] is interpreted. Both must be the same graph, or the
/// two ways of driving the recorder have come apart.
/// </summary>
public sealed partial class LibraryLayerTests
{
    const string Of2 = "[Shape(\"B\", \"6\")] Tensor x", Of3 = "[Shape(\"B\", \"T\", \"6\")] Tensor x", Ids = "[Shape(\"B\", \"T\")] Tensor<int> x";

    [Theory]
    [InlineData("Linear", "6, 4", Of2, "layer.Forward(x)")]
    [InlineData("Linear", "6, 4", "[Shape(\"6\")] Tensor x", "layer.Forward(x)")]
    [InlineData("Linear", "6, 4, bias: false", Of2, "layer.Forward(x)")]
    [InlineData("Linear", "6, 4, initializer: Initializer.HeNormal()", Of2, "layer.Forward(x)")]
    [InlineData("Embedding", "11, 6", Ids, "layer[x]")]
    [InlineData("Embedding", "rows: 11, width: 6, deviation: 0.5", Ids, "MatMul(layer[x], layer.Weight.T)")]
    [InlineData("LayerNorm", "6", Of3, "layer.Forward(x)")]
    [InlineData("LayerNorm", "6, epsilon: 1e-3", Of2, "layer.Forward(x) * layer.Gain + layer.Bias")]
    [InlineData("MultiHeadAttention", "6, 2", Of3, "layer.Forward(x)")]
    [InlineData("MultiHeadAttention", "6, 3, keyValueHeads: 1, window: 2, dropout: 0.1, bias: false", Of3, "layer.Forward(x)")]
    [InlineData("MultiHeadAttention", "6, 3", "[Shape(\"B\", \"T\", \"6\")] Tensor x, [Shape(\"B\")] Tensor<int> lengths", "layer.Forward(x, lengths)")]
    [InlineData("CausalSelfAttention", "6, 3", Of3, "layer.Forward(x)", "MultiHeadAttention")]
    [InlineData("CausalSelfAttention", "6, 2, 1, 3", "[Shape(\"B\", \"T\", \"6\")] Tensor x, [Shape(\"B\", \"T\")] Tensor<int> documents", "layer.Forward(x, documents)", "MultiHeadAttention")]
    [InlineData("CrossAttention", "6, 3, keyValueHeads: 1, contextWidth: 4", "[Shape(\"B\", \"T\", \"6\")] Tensor x, [Shape(\"B\", \"7\", \"4\")] Tensor context, [Shape(\"B\")] Tensor<int> lengths", "layer.Forward(x, context, lengths)", "MultiHeadAttention")]
    [InlineData("CrossAttention", "6, 2", Of3, "layer.Forward(x, Tanh(x))", "MultiHeadAttention")]
    [InlineData("Lstm", "6, 5", Of3, "layer.Forward(x)")]
    [InlineData("Lstm", "6, 5, forgetBias: 1", Of3, "layer.Forward(x)")]
    [InlineData("BidirectionalLstm", "6, 5", Of3, "layer.Forward(x)", "Lstm")]
    [InlineData("Gru", "6, 5", Of3, "layer.Forward(x)")]
    [InlineData("RMSNorm", "6", Of3, "layer.Forward(x)")]
    [InlineData("GroupNorm", "3, 6", Of2, "layer.Forward(x)")]
    [InlineData("GroupNorm", "2, 4", "[Shape(\"B\", \"4\", \"T\", \"5\")] Tensor x", "layer.Forward(x)")]
    [InlineData("Conv1d", "6, 4, 3, padding: 1", "[Shape(\"B\", \"6\", \"T\")] Tensor x", "layer.Forward(x)")]
    [InlineData("Conv2d", "6, 4, 3, stride: 2, padding: 1, groups: 2", "[Shape(\"B\", \"6\", \"8\", \"7\")] Tensor x", "layer.Forward(x)")]
    [InlineData("Conv2d", "6, 4, 3, bias: false", "[Shape(\"B\", \"6\", \"8\", \"7\")] Tensor x", "Relu(layer.Forward(x))")]
    [InlineData("ConvTranspose1d", "6, 4, 3", "[Shape(\"B\", \"6\", \"T\")] Tensor x", "layer.Forward(x)")]
    [InlineData("ConvTranspose2d", "6, 4, 2, stride: 2", "[Shape(\"B\", \"6\", \"8\", \"7\")] Tensor x", "layer.Forward(x)")]
    [InlineData("MaxPool2d", "2", "[Shape(\"B\", \"6\", \"8\", \"7\")] Tensor x", "Relu(Relu(layer.Forward(x)))")]
    [InlineData("AveragePool2d", "3, stride: 2, padding: 1, countsPadding: false", "[Shape(\"B\", \"6\", \"8\", \"7\")] Tensor x", "Relu(Relu(layer.Forward(x)))")]
    [InlineData("SwiGlu", "6, 16", Of3, "layer.Forward(x)", "Linear")]
    public void LayerAsAUsersModel_RecordsTheGraphOfTheLayer(string layer, string arguments, string parameter, string call, params string[] parts)
    {
        string traced = WrittenModel.GraphOf("Root", "Apply", ("Root.cs", Root(layer, arguments, parameter, call)));
        string interpreted = WrittenModel.GraphOf("Root", "Apply",
            [("Root.cs", Root("My" + layer, arguments, parameter, call)), .. parts.Append(layer).Select(p => ($"My{p}.cs", Copied(p, [.. parts, layer])))]);
        Assert.Equal(traced, interpreted);
        Assert.True(traced.Split('\n').Length > 6);
    }

    /// <summary>The copies are C# that a user may write: they compile, and once more from text.</summary>
    [Fact]
    public void LayersAsAUsersModels_Compile()
    {
        string[] layers = ["BidirectionalLstm", "CausalSelfAttention", "Embedding", "GroupNorm", "Gru", "LayerNorm", "Linear", "Lstm", "MultiHeadAttention", "RMSNorm", "SwiGlu"];
        GeneratorRun run = GeneratorRun.Of([
            .. layers.Select(l => ($"My{l}.cs", Copied(l, layers))),
            ("Root.cs", $$"""
                namespace Demo;

                [Model, Dim("B", Max = 4), Dim("T", Max = 8)]
                public sealed partial class Root
                {
                    readonly MyEmbedding tokens = new(11, 6);
                    readonly MyLayerNorm norm = new(6);
                    readonly MyMultiHeadAttention all = new(6, 2);
                    readonly MyCausalSelfAttention past = new(6, 3);
                    readonly MyLstm memory = new(6, 6);
                    readonly MyGru gated = new(6, 6);
                    readonly MyBidirectionalLstm both = new(6, 3);
                    readonly MyRMSNorm root = new(6);
                    readonly MySwiGlu feed = new(6, 12);
                    readonly MyGroupNorm groups = new(2, 6);
                    readonly MyLinear head = new(6, 11);

                    [Loss]
                    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets) =>
                        CrossEntropy(head.Forward(Permute(groups.Forward(Permute(feed.Forward(root.Forward(both.Forward(gated.Forward(memory.Forward(
                            past.Forward(all.Forward(norm.Forward(tokens[ids])))))))), 0, 2, 1)), 0, 2, 1)), targets);
                }
                """)]);
        Assert.Empty(run.Diagnostics);
        Assert.Contains("Demo.Root.Backward.g.cs", run.Files.Keys);
    }

    static string Root(string layer, string arguments, string parameter, string call) => $$"""
        namespace Demo;

        [Model, Dim("B", Max = 4), Dim("T", Max = 8)]
        public sealed partial class Root
        {
            readonly {{layer}} layer = new({{arguments}});

            public Tensor Apply({{parameter}}) => {{call}};
        }
        """;

    /// <summary>The layer's own file, in another namespace and under another name.</summary>
    static string Copied(string layer, string[] renamed)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "Definitions", "Layers", layer + ".cs"));
        text = Documentation().Replace(text, "").Replace("namespace ModelCompiler;", "namespace Demo;", StringComparison.Ordinal)
            .Replace("public sealed class ", "[Model] public sealed partial class ", StringComparison.Ordinal);
        foreach (string name in renamed) text = Regex.Replace(text, $@"(?<!\.)\b{name}\b(?!\(\{{)", "My" + name);
        return text;
    }

    [GeneratedRegex(@"^\s*///.*\n", RegexOptions.Multiline)]
    private static partial Regex Documentation();
}
