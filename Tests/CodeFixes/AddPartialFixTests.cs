using System.Threading.Tasks;
using ModelCompiler.CodeFixes;

namespace ModelCompiler.Tests.CodeFixes;

/// <summary>MC0002.</summary>
public sealed class AddPartialFixTests
{
    const string Body = """
         Net
        {
            readonly Linear layer = new(4, 1);

            [Loss]
            public Tensor Loss([Shape("2", "4")] Tensor x) => Mean(Mean(layer.Forward(x), 1), 0);
        }
        """;

    [Fact]
    public async Task ModelWithModifiers_BecomesPartialAfterThem()
    {
        CodeFixRun run = await CodeFixRun.Apply(new AddPartialFix(), "[Model]\npublic sealed class" + Body);
        Assert.Equal("[Model]\npublic sealed partial class" + Body, run.Text);
        Assert.Equal(["Make Net partial"], run.Titles);
        Assert.DoesNotContain("MC0002", run.Remaining);
    }

    [Fact]
    public async Task ModelWithoutModifiers_BecomesPartialAndKeepsItsComment()
    {
        CodeFixRun run = await CodeFixRun.Apply(new AddPartialFix(), "[Model]\n// the smallest\nclass" + Body);
        Assert.Equal("[Model]\n// the smallest\npartial class" + Body, run.Text);
        Assert.DoesNotContain("MC0002", run.Remaining);
    }
}
