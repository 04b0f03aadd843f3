extern alias Compiler;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Compiler::ModelCompiler.IR;
using Compiler::ModelCompiler.Lowering;
using Compiler::ModelCompiler.Memory;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.IR;

namespace ModelCompiler.Tests.Passes;

/// <summary>
/// What becomes of fused graphs: <c>x.mir</c> goes in, the memory plan and the loops of the program must come out as <c>x.verified.plan</c>
/// and <c>x.verified.loops</c>.
/// </summary>
public sealed class PlanGoldenTests
{
    /// <summary>Gradients accumulated in a loop, a tied block, a first layer's bias, stacks of skips, loops in a loop, two states.</summary>
    static readonly string[] Planned =
        ["InsideAndOutside", "OneBlockManyTimes", "FirstLayersBias", "SkipConnections", "NestedLoops", "Recurrent"];

    static readonly string[] Lowered = ["SkipConnections", "NestedLoops"];

    static string[] CaseNames(string pass) =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "Tests", "Passes", pass), "*.mir").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    static TheoryData<string, bool> Cases(string pass, IEnumerable<string> models)
    {
        var data = new TheoryData<string, bool>();
        foreach (string name in CaseNames(pass)) data.Add(name, false);
        foreach (string model in models) data.Add(model, true);
        return data;
    }

    public static TheoryData<string, bool> PlanCases => Cases("PlanMemory", Planned);

    public static TheoryData<string, bool> LoweringCases => Cases("LowerToCpu", Lowered);

    /// <summary>A case's graph, or the loss of a model with its gradient, and its plan.</summary>
    static (Graph Graph, MemoryPlan Plan) Read(string pass, string name, bool isModel)
    {
        Graph graph = isModel ? RecordedModels.FusedLoss(name)
            : GraphParser.Parse(File.ReadAllText(Path.Combine(Repository.Root, "Tests", "Passes", pass, name + ".mir")));
        Verifier.Check("reading", graph);
        MemoryPlan plan = PlanMemory.Run(graph, isModel ? null : "result");
        PlanVerifier.Check(graph, plan);
        return (graph, plan);
    }

    [Theory, MemberData(nameof(PlanCases))]
    public void PlanMemory_GivesEachValueItsPlace(string name, bool isModel)
    {
        (Graph graph, MemoryPlan plan) = Read("PlanMemory", name, isModel);
        Golden.Match("Passes/PlanMemory", name, ".plan", PlanPrinter.Print(graph, plan));
        Golden.NoOthers("Passes/PlanMemory", ".plan", [.. CaseNames("PlanMemory"), .. Planned]);
    }

    [Theory, MemberData(nameof(LoweringCases))]
    public void LowerToCpu_TurnsKernelsIntoLoops(string name, bool isModel)
    {
        (Graph graph, MemoryPlan plan) = Read("LowerToCpu", name, isModel);
        Golden.Match("Passes/LowerToCpu", name, ".loops", ProgramPrinter.Print(LowerToCpu.Run(graph, plan, "")));
        Golden.NoOthers("Passes/LowerToCpu", ".loops", [.. CaseNames("LowerToCpu"), .. Lowered]);
    }

    /// <summary>Numbers of values and buffers must not depend on the run.</summary>
    [Fact]
    public void SameGraph_HasTheSamePlanText()
    {
        string[] texts = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            (Graph graph, MemoryPlan plan) = Read("PlanMemory", "Recurrent", true);
            return PlanPrinter.Print(graph, plan) + ProgramPrinter.Print(LowerToCpu.Run(graph, plan, ""));
        })];
        Assert.Equal(texts[0], texts[1]);
    }
}
