using System;
using System.Linq;

namespace ModelCompiler.Tests.Incremental;

/// <summary>What an edit recompiles: nothing unless the words of a model, or of what it calls, changed.</summary>
public sealed class IncrementalTests
{
    const string First = """
        namespace Demo;

        [Model, Dim("B", Max = 8)]
        public sealed partial class First
        {
            readonly Part part = new(6);

            public Tensor Apply([Shape("B", "6")] Tensor x) => part.Forward(x);
        }

        public static class Unrelated
        {
            public static int Count() => 2;
        }
        """;

    const string Second = """
        namespace Demo;

        [Model, Dim("B", Max = 8)]
        public sealed partial class Second
        {
            readonly Linear layer = new(6, Sizes.Width);

            public Tensor Apply([Shape("B", "6")] Tensor x)
            {
                Tensor y = layer.Forward(x);
                return Shared.Mixed(y);
            }
        }
        """;

    const string Part = """
        namespace Demo;

        [Model]
        public sealed partial class Part(int width)
        {
            readonly Linear layer = new(width, width);

            public Tensor Forward(Tensor x) => layer.Forward(x);
        }
        """;

    const string Shared = """
        namespace Demo;

        static class Shared
        {
            public static Tensor Mixed(Tensor x) => Inner(x) * 2;

            static Tensor Inner(Tensor x) => Tanh(x);
        }

        static class Sizes
        {
            public const int Width = 6;
        }
        """;

    static readonly (string Path, string Text)[] All = [("First.cs", First), ("Second.cs", Second), ("Part.cs", Part), ("Shared.cs", Shared)];

    [Theory]
    [InlineData("First.cs", "readonly Part", "// the only part\n    readonly Part")]
    [InlineData("First.cs", "namespace Demo;\n", "namespace Demo;\n\n\n\n")]
    [InlineData("First.cs", "[Model", "/// <summary>A model.</summary>\n[Model")]
    [InlineData("Second.cs", "Tensor y = layer.Forward(x);", "Tensor   y =\n            layer . Forward( /* in */ x ) ; // out")]
    [InlineData("Part.cs", "public Tensor Forward", "\n\n    /// <summary>Runs it.</summary>\n    public Tensor Forward")]
    [InlineData("Shared.cs", "Inner(x) * 2;", "Inner(x) /* twice */ * 2;")]
    public void AddedWordsThatAreNoCode_RecompileNothing(string file, string old, string @new) => Assert.Empty(After(file, old, @new).ChangedSteps);

    [Theory]
    [InlineData("First.cs", "Count() => 2", "Count() => 3")]
    [InlineData("First.cs", "public static class Unrelated", "public static class Renamed")]
    [InlineData("Shared.cs", "static class Sizes\n{", "static class Sizes\n{\n    public const int Depth = 3;")]
    [InlineData("Shared.cs", "static class Shared\n{", "static class Shared\n{\n    public static Tensor Unread(Tensor x) => Relu(x);\n")]
    public void UnrelatedEdit_RecompilesNothing(string file, string old, string @new) => Assert.Empty(After(file, old, @new).ChangedSteps);

    [Fact]
    public void AddedFile_RecompilesNothing() => Assert.Empty(Edit.Of(All, [.. All, ("Other.cs", "namespace Demo; public sealed class Other { }")]).ChangedSteps);

    [Fact]
    public void BodyHalfTyped_IsForgottenWhenItIsWhole()
    {
        (string, string)[] half = Replaced("Second.cs", "return Shared.Mixed(y);", "return Shared.");
        Assert.Equal(["Second"], Edit.Of(All, half).Recompiled);
        Assert.Equal(["Second"], Edit.Of(half, All).Recompiled);
    }

    [Theory]
    [InlineData("First.cs", "part.Forward(x)", "part.Forward(x) * 2", "First")]
    [InlineData("Second.cs", "readonly Linear layer", "readonly Linear renamed", "Second")]
    [InlineData("Second.cs", "Max = 8", "Max = 9", "Second")]
    [InlineData("Part.cs", "=> layer.Forward(x)", "=> Tanh(layer.Forward(x))", "First, Part")]
    [InlineData("Part.cs", "new(width, width)", "new(width, 1 * width)", "First, Part")]
    [InlineData("Shared.cs", "Inner(x) * 2", "Inner(x) * 3", "Second")]
    [InlineData("Shared.cs", "=> Tanh(x)", "=> Gelu(x)", "Second")]
    [InlineData("Shared.cs", "Width = 6", "Width = 7", "Second")]
    public void Edit_RecompilesTheModelsThatReachIt(string file, string old, string @new, string recompiled) =>
        Assert.Equal(recompiled.Split(", "), After(file, old, @new).Recompiled);

    [Fact]
    public void AddedModel_RecompilesNoOther()
    {
        Edit edit = Edit.Of(All, [.. All, ("Third.cs", Second.Replace("Second", "Third"))]);
        Assert.Equal(["Third"], edit.Recompiled);
        Assert.Equal(["First", "Part", "Second", "Third"], edit.Models);
    }

    [Fact]
    public void RemovedModel_RecompilesNoOther()
    {
        Edit edit = Edit.Of(All, [.. All.Where(f => f.Path != "Second.cs")]);
        Assert.Empty(edit.Recompiled.Except(["Second"]));
        Assert.DoesNotContain("First", edit.Recompiled);
    }

    static Edit After(string file, string old, string @new) => Edit.Of(All, Replaced(file, old, @new));

    static (string, string)[] Replaced(string file, string old, string @new)
    {
        Assert.Contains(old, All.Single(f => f.Path == file).Text, StringComparison.Ordinal);
        return [.. All.Select(f => f.Path == file ? (f.Path, f.Text.Replace(old, @new, StringComparison.Ordinal)) : f)];
    }
}
