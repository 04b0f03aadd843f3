using System.Threading.Tasks;
using ModelCompiler.CodeFixes;

namespace ModelCompiler.Tests.CodeFixes;

/// <summary>MC0003.</summary>
public sealed class AddShapeFixTests
{
    static string Net(string dims, string parameters) => $$"""
        [Model{{dims}}]
        public sealed partial class Net
        {
            readonly Linear layer = new(4, 4);

            [Loss]
            public Tensor Loss({{parameters}}) => Mean(Mean(layer.Forward(x) - y, 1), 0);
        }
        """;

    [Fact]
    public async Task ParameterBesideOneWithAShape_GetsTheSameAxes()
    {
        const string dims = ", Dim(\"N\", Max = 8)";
        CodeFixRun run = await CodeFixRun.Apply(new AddShapeFix(), Net(dims, "[Shape(\"N\", \"4\")] Tensor x, Tensor y"));
        Assert.Equal(Net(dims, "[Shape(\"N\", \"4\")] Tensor x, [Shape(\"N\", \"4\")] Tensor y"), run.Text);
        Assert.Equal(["Add [Shape(\"N\", \"4\")] to y"], run.Titles);
        Assert.Empty(run.Remaining);
    }

    [Fact]
    public async Task LoneParameter_GetsOneAxisNamedByTheFirstDim()
    {
        const string dims = ", Dim(\"N\", Max = 8), Dim(\"M\", Max = 8)";
        CodeFixRun run = await CodeFixRun.Apply(new AddShapeFix(), Net(dims, "Tensor x, Tensor y"));
        Assert.Equal(Net(dims, "[Shape(\"N\")] Tensor x, Tensor y"), run.Text);
    }

    [Fact]
    public async Task LoneParameterOfAModelWithoutDims_GetsTheBatchAxis()
    {
        CodeFixRun run = await CodeFixRun.Apply(new AddShapeFix(), Net("", "\n        Tensor x, Tensor y"));
        Assert.Equal(Net("", "\n        [Shape(\"B\")] Tensor x, Tensor y"), run.Text);
    }
}
