extern alias Compiler;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Gradient;
using Compiler::ModelCompiler.Graphs;
using Compiler::ModelCompiler.IR;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.IR;

namespace ModelCompiler.Tests.Passes;

/// <summary>Each pass on small graphs: <c>x.mir</c> goes in, <c>x.verified.mir</c> must come out.</summary>
public sealed class PassGoldenTests
{
    static string Folder(string pass) => Path.Combine(Repository.Root, "Tests", "Passes", pass);

    static IEnumerable<string> CaseNames(string pass) => Directory.Exists(Folder(pass))
        ? Directory.GetFiles(Folder(pass), "*.mir").Where(f => !f.Contains(".verified.", StringComparison.Ordinal) && !f.Contains(".received.", StringComparison.Ordinal))
            .Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)
        : [];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string pass, _) in Pipeline.Passes)
                foreach (string name in CaseNames(pass)) data.Add(pass, name);
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Pass_TurnsBeforeIntoAfter(string pass, string name)
    {
        Graph graph = GraphParser.Parse(File.ReadAllText(Path.Combine(Folder(pass), name + ".mir")));
        Verifier.Check("reading", graph);
        Pipeline.Passes.First(p => p.Name == pass).Run(graph);
        Verifier.Check(pass, graph);
        Golden.Match($"Passes/{pass}", name, ".mir", GraphPrinter.Print(graph));
    }

    [Fact]
    public void EveryPass_HasCasesAndNoStaleGoldens()
    {
        foreach ((string pass, _) in Pipeline.Passes)
        {
            Assert.NotEmpty(CaseNames(pass));
            Golden.NoOthers($"Passes/{pass}", ".mir", CaseNames(pass));
        }
    }

    /// <summary>The graphs every later stage must get right: tied parameters, one block several times, a first layer's bias, skips, nesting, time.</summary>
    [Theory, MemberData(nameof(RecordedModels.All), MemberType = typeof(RecordedModels))]
    public void Differentiate_OfEachRequiredLoop(string model)
    {
        RecordedEntry loss = RecordedModels.Entries(model).First(e => e.IsLoss);
        Differentiate.Run(loss.Graph, loss.Recorder);
        RemoveDead.Run(loss.Graph);
        Verifier.Check("Differentiate", loss.Graph);
        Golden.Match("Passes/Differentiate", model, ".mir", GraphPrinter.Print(loss.Graph));
        Golden.NoOthers("Passes/Differentiate", ".mir", RecordedModels.Names);
    }

    [Fact]
    public void Differentiate_OfAParsedGraph_IsThatOfTheRecordedOne()
    {
        RecordedEntry loss = RecordedModels.Entries("NestedLoops").First(e => e.IsLoss);
        Graph parsed = GraphParser.Parse(GraphPrinter.Print(loss.Graph));
        Differentiate.Run(loss.Graph, loss.Recorder);
        Differentiate.Run(parsed, new Recorder(parsed));
        Assert.Equal(GraphPrinter.Print(loss.Graph), GraphPrinter.Print(parsed));
    }
}
