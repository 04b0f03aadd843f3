extern alias Compiler;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Declaration;
using Compiler::ModelCompiler.Gradient;
using Compiler::ModelCompiler.Graphs;
using Compiler::ModelCompiler.IR;
using Microsoft.CodeAnalysis;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.IR;

/// <summary>The graphs of this project's own models, as the front end records them.</summary>
static class RecordedModels
{
    /// <summary>Names of all root models in Tests/Models.</summary>
    public static IEnumerable<string> Names { get; } =
    [
        "SmallGpt", "InsideAndOutside", "OneBlockManyTimes", "FirstLayersBias", "SkipConnections", "NestedLoops", "Recurrent", "Perceptron", "Alternating", "PeeledEnds",
    ];

    public static TheoryData<string> All => [.. Names];

    /// <summary>Records anew: passes change graphs.</summary>
    public static IReadOnlyList<RecordedEntry> Entries(string model)
    {
        FrontEndResult result = FrontEnd.Run(ClosureOf(model));
        Assert.Empty(result.Findings);
        return result.Entries;
    }

    /// <summary>The loss of a model with its gradient, fused and ready for a memory plan.</summary>
    public static Graph FusedLoss(string model)
    {
        RecordedEntry loss = Entries(model).First(e => e.IsLoss);
        Differentiate.Run(loss.Graph, loss.Recorder);
        foreach ((string _, Action<Graph> run) in Pipeline.Passes) run(loss.Graph);
        return loss.Graph;
    }

    public static Closure ClosureOf(string model)
    {
        (string, string)[] sources = [.. Directory.GetFiles(Path.Combine(Repository.Root, "Tests", "Models"), "*.cs").Select(f => (f, File.ReadAllText(f)))];
        Compilation compilation = GeneratorRun.Compilation(sources);
        IEnumerable<ModelDeclaration> declarations = compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>()
            .Where(t => t.GetAttributes().Any(a => a.AttributeClass?.Name == "ModelAttribute"))
            .Select(t => ReadDeclaration.Of(t, compilation, default).Declaration);
        return Closure.All(declarations).Single(c => c.Root.Name == model);
    }
}
