using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Emission;
using ModelCompiler.Fusion;
using ModelCompiler.Gradient;
using ModelCompiler.Graphs;
using ModelCompiler.IR;
using ModelCompiler.Lowering;
using ModelCompiler.Lowering.Cuda;
using ModelCompiler.Memory;
using ModelCompiler.Naming;
using ModelCompiler.Precision;

namespace ModelCompiler;

/// <summary>One entry point after the front end: what the middle of the compiler starts from.</summary>
/// <param name="Method">The user's method.</param>
/// <param name="IsLoss">Whether it is what training minimises.</param>
/// <param name="Graph">Its forward pass.</param>
/// <param name="Recorder">The recorder that made the graph, to record the gradient with.</param>
sealed record RecordedEntry(string Method, bool IsLoss, Graph Graph, Recorder Recorder)
{
    /// <summary>Names of a loss's results after the first.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Names of what [Tap] keeps: results behind the metrics.</summary>
    public IReadOnlyList<string> Taps { get; init; } = [];
}

/// <summary>The compiler behind the front end: the stages in order.</summary>
static class Pipeline
{
    /// <summary>Everything that happens to a graph between the user's body and memory, in order.</summary>
    public static IReadOnlyList<(string Name, System.Action<Graph> Run)> Passes { get; } =
    [
        ("Simplify", Simplify.Run),                      // rules write views and zeros freely
        ("ShareCommonValues", ShareCommonValues.Run),    // the gradient asks for the same transpose many times
        ("RemoveDead", RemoveDead.Run),                  // decides what is saved
        ("InsertCasts", InsertCasts.Run),                // fp32 only: checks that there is nothing to cast
        ("ChooseLayouts", ChooseLayouts.Run),            // before kernels: permutations become strides
        ("GroupKernels", GroupKernels.Run),
        ("AssignStorage", AssignStorage.Run),            // after kernels: only what is stored has a storage type
        ("NameValues", NameValues.Run),                  // last: kernels have brought copies
    ];

    /// <summary>From recorded entry points to files.</summary>
    /// <param name="ns">The model's namespace.</param>
    /// <param name="name">The model's class.</param>
    /// <param name="optimizers">Optimizers to emit updates for.</param>
    /// <param name="entries">Recorded twice for a loss: once to be differentiated, once to be evaluated.</param>
    /// <param name="verify">Called after each stage with its name.</param>
    /// <param name="taken">Names that mean something else in the model's class.</param>
    /// <param name="hasCuda">Whether it also runs on devices of CUDA.</param>
    public static IReadOnlyList<GeneratedFile> Compile(
        string ns, string name, IReadOnlyList<string> optimizers, IReadOnlyList<RecordedEntry> entries,
            System.Action<string, Graph> verify, IReadOnlyList<string>? taken = null, bool hasCuda = false)
    {
        EntryProgram? training = null;
        var inference = new List<EntryProgram>();
        foreach (RecordedEntry entry in entries)
        {
            verify("Interpret", entry.Graph);
            NameValues.Run(entry.Graph);
            if (entry.IsLoss)
            {
                verify("NameValues", entry.Graph);
                Differentiate.Run(entry.Graph, entry.Recorder);
                training = Program(entry, "", null, verify, hasCuda);
            }
            else inference.Add(Program(entry, entry.Method, ResultName(entry), verify, hasCuda));
        }
        return ModelEmitter.Run(new ModelProgram(ns, name, optimizers, training, inference) { Taken = taken ?? [] });
    }

    static EntryProgram Program(RecordedEntry entry, string prefix, string? resultName, System.Action<string,
        Graph> verify, bool hasCuda)
    {
        Graph graph = entry.Graph;
        verify(entry.IsLoss ? "Differentiate" : "NameValues", graph);
        foreach ((string pass, System.Action<Graph> run) in Passes)
        {
            run(graph);
            verify(pass, graph);
        }
        IReadOnlyList<EntryInput> inputs = DescribeInputs.Run(graph);
        MemoryPlan plan = PlanMemory.Run(graph, resultName);
        verify("PlanMemory", graph);
        PlanVerifier.Check(graph, plan);
        CpuProgram program = LowerToCpu.Run(graph, plan, prefix);
        return new EntryProgram(entry.Method, inputs,
            [.. graph.Dims.Where(d => inputs.All(i => i.Infers?.Name != d.Name))], program, resultName)
        {
            Metrics = entry.Metrics,
            Taps = entry.Taps,
            OnCuda = hasCuda ? LowerToCuda.Run(graph, plan, prefix) : null,
        };
    }

    static string? ResultName(RecordedEntry entry)
    {
        if (entry.Metrics.Count > 0 || entry.Graph.Results is [{ Shape.Rank: 0 }]) return null;
        string name = char.ToLowerInvariant(entry.Method[0]) + entry.Method.Substring(1);
        return entry.Graph.Inputs.Any(i => i.Name == name) ? name + "Result" : name;
    }
}
