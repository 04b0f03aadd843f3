using System.Threading.Tasks;
using ModelCompiler.CodeFixes;

namespace ModelCompiler.Tests.CodeFixes;

/// <summary>MC0005.</summary>
public sealed class AddDimFixTests
{
    static string Net(string attributes, string length, string more = "") => $$"""
        {{attributes}}
        public sealed partial class Net
        {
            readonly Linear layer = new(4, 1);
        {{more}}
            [Loss]
            public Tensor Loss([Shape({{length}}, "4")] Tensor x) => Mean(Mean(layer.Forward(x), 1), 0);
        }
        """;

    [Theory]
    [InlineData("[Model]", "[Model, Dim(\"B\", Max = 1)]", "\"B\"")]
    [InlineData("[Model, Dim(\"T\", Max = 8)]", "[Model, Dim(\"T\", Max = 8), Dim(\"B\", Max = 1)]", "\"B\"")]
    [InlineData("[Model, Dim(\"T\", Max = 8)]", "[Model, Dim(\"T\", Max = 8), Dim(\"B\", Max = 1)]", "\"T + 2*B\"")]
    [InlineData("[Dim(\"T\", Max = 8)]\n[ModelCompiler.Model]",
        "[Dim(\"T\", Max = 8)]\n[ModelCompiler.Model, Dim(\"B\", Max = 1)]", "\"B\"")]
    public async Task UnknownDim_IsDeclaredWithTheSmallestBound(string before, string after, string length)
    {
        CodeFixRun run = await CodeFixRun.Apply(new AddDimFix(), Net(before, length));
        Assert.Equal(Net(after, length), run.Text);
        Assert.Equal(["Add [Dim(\"B\", Max = 1)] to Net"], run.Titles);
        Assert.DoesNotContain("MC0005", run.Remaining);
    }

    [Fact]
    public async Task UnknownDimInAConstant_IsDeclared()
    {
        const string constant = "    const string Batch = \"B\";\n";
        CodeFixRun run = await CodeFixRun.Apply(new AddDimFix(), Net("[Model]", "Batch", constant));
        Assert.Equal(Net("[Model, Dim(\"B\", Max = 1)]", "Batch", constant), run.Text);
        Assert.DoesNotContain("MC0005", run.Remaining);
    }

    [Fact]
    public async Task LengthThatNoDimCanMend_IsLeftToItsAuthor()
    {
        CodeFixRun run = await CodeFixRun.Apply(new AddDimFix(), Net("[Model]", "\"0\""));
        Assert.Empty(run.Titles);
        Assert.Equal(Net("[Model]", "\"0\""), run.Text);
        Assert.Contains("MC0005", run.Remaining);
    }
}
