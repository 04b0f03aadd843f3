extern alias Compiler;
using System;
using System.Collections.Generic;
using System.Linq;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Gradient;
using Compiler::ModelCompiler.IR;

namespace ModelCompiler.Tests.IR;

/// <summary>The text form holds all of a graph, at every stage, and every stage leaves a valid graph.</summary>
public sealed class TextFormTests
{
    [Theory, MemberData(nameof(RecordedModels.All), MemberType = typeof(RecordedModels))]
    public void EveryStage_PrintsWhatParsesBack(string model)
    {
        int compared = 0;
        EachStage(model, (pass, graph) =>
        {
            string text = GraphPrinter.Print(graph);
            Assert.Equal(text, GraphPrinter.Print(GraphParser.Parse(text)));
            compared++;
        });
        Assert.True(compared >= Pipeline.Passes.Count);
    }

    [Theory, MemberData(nameof(RecordedModels.All), MemberType = typeof(RecordedModels))]
    public void EveryStage_LeavesAValidGraph(string model)
    {
        EachStage(model, Verifier.Check);
        EachStage(model, (pass, graph) => Verifier.Check(pass, GraphParser.Parse(GraphPrinter.Print(graph))));
    }

    [Theory]
    [InlineData("grph x next 1 {", "line 1: expected \"graph\"")]
    [InlineData("graph x next 2 {\n  n0 = frobnicate() : f32[]\n  return n0\n}", "line 2: expected an operation instead of frobnicate")]
    [InlineData("graph x next 2 {\n  n1 = exp(n0) : f32[]\n  return n1\n}", "line 2: expected a value that stands before instead of n0")]
    [InlineData("graph x next 2 {\n  n0 = input() : f64[]\n  return n0\n}", "line 2: expected f32, i32 or bool instead of f64")]
    [InlineData("graph x next 2 {\n  n0 = input() : f32[Q]\n  return n0\n}", "line 2: expected a declared dim instead of Q")]
    [InlineData("graph x next 2 {\n  n0 = input() : f32[3\n  return n0\n}", "line 3: expected \"]\"")]
    [InlineData("graph x next 2 {\n  n0 = input() : f32[3]\n  return n0\n} more", "line 4: expected the end")]
    public void WrongText_IsRefusedWithLineAndExpectation(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => GraphParser.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("n1 = exp(n0) : f32[4]", "is [3] by its inputs")]
    [InlineData("n1 = sum(n0) { axes [0] } : f32[3]", "is [1] by its input and axes")]
    [InlineData("n1 = reshape(n0) : f32[2, 2]", "has another size than [3]")]
    [InlineData("n1 = permute(n0) { axes [0] } : f32[4]", "is no order of the axes of [3]")]
    [InlineData("n1 = matmul(n0, n0) : f32[3]", "multiplies [3] with [3]")]
    [InlineData("n7 = exp(n0) : f32[3]\n  n1 = exp(n0) : f32[3]", "has a number that is still to be given")]
    [InlineData("n1 = exp(n0) : f32[3] layout [1]", "has a layout that is no order of its axes")]
    public void InvalidGraphs_AreRefused(string line, string rule)
    {
        Graph graph = GraphParser.Parse($"graph x next 5 {{\n  n0 \"x\" = input() : f32[3]\n  {line}\n  return n1\n}}");
        string message = Assert.Throws<InvalidOperationException>(() => Verifier.Check("Test", graph)).Message;
        Assert.Contains(rule, message, StringComparison.Ordinal);
        Assert.StartsWith("After Test in x: n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void BackwardValuesOfALoop_AreOutOfReachOutsideIt()
    {
        const string text = """
            graph x next 9 {
              n0 "x" = input() : f32[3]
              n1 = loop 4 times i from (n0) : f32[] {
                n2 = carry 0 : f32[3]
                n3 = exp(n2) : f32[3]
                yield n3
              }
              n4 = carried 0 of n1 : f32[3]
              n5 = exp(n3) : f32[3]
              return n5
            }
            """;
        Assert.Contains("reads n3", Assert.Throws<InvalidOperationException>(() => Verifier.Check("Test", GraphParser.Parse(text))).Message, StringComparison.Ordinal);
    }

    static void EachStage(string model, Action<string, Graph> check)
    {
        foreach (RecordedEntry entry in RecordedModels.Entries(model))
            Pipeline.Compile("", model, ["AdamW"], [entry], check);
    }
}
