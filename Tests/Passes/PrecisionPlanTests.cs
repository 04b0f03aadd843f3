extern alias Compiler;
using System;
using System.Collections.Generic;
using System.Linq;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Infrastructure;
using Compiler::ModelCompiler.IR;
using ModelCompiler.Tests.IR;

namespace ModelCompiler.Tests.Passes;

/// <summary>Every required loop in every precision: verified after each pass, planned, and read back from its text.</summary>
public sealed class PrecisionPlanTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string model in RecordedModels.Names)
                foreach (PrecisionLevel level in Enum.GetValues<PrecisionLevel>().Where(l => l != PrecisionLevel.Float8Gradient)) data.Add(model, level.ToString());
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void EveryModel_CompilesInEveryPrecision(string model, string level)
    {
        IReadOnlyList<RecordedEntry> entries = RecordedModels.Entries(model);
        foreach (RecordedEntry entry in entries)
            foreach (Value value in entry.Graph.Root.AllValues()) value.Precision = Enum.Parse<PrecisionLevel>(level);
        var files = Pipeline.Compile("Demo", model, ["AdamW"], entries, (pass, graph) =>
        {
            Verifier.Check(pass, graph);
            string text = GraphPrinter.Print(graph);
            Assert.Equal(text, GraphPrinter.Print(GraphParser.Parse(text)));
            if (pass != "PlanMemory") return;
            foreach (Value kept in graph.Gradients.Values.Concat(graph.Results).Concat(graph.Parameters)) Assert.False(kept.Storage.IsLow(), kept.ToString());
        });
        string all = string.Concat(files.Select(f => f.Text));
        Assert.Equal(level is "BFloat16" or "Float8", all.Contains("BFloat16*", StringComparison.Ordinal));
        Assert.Equal(level == "Float16", all.Contains("Half*", StringComparison.Ordinal));
    }
}
