using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;
using ModelCompiler.Diagnostics;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>Takes what [Frozen] names out of training, before anything is recorded that reads it.</summary>
static class FreezeParameters
{
    /// <param name="graph">Its parameters have names; nothing else is recorded yet.</param>
    /// <param name="root">Whose patterns count.</param>
    /// <param name="fields">Fields that say [Frozen].</param>
    /// <param name="entry">The entry point.</param>
    /// <param name="findings">Patterns that match nothing, or a part of repeated layers.</param>
    public static void Run(Graph graph, ModelDeclaration root,
        IReadOnlyList<(string Path, ModelDeclaration Declaration, int Node)> fields, MethodDeclaration entry,
        List<ModelDiagnostic> findings)
    {
        void Add(ModelDiagnostic finding)
        {
            if (!findings.Contains(finding)) findings.Add(finding);
        }
        foreach ((string path, ModelDeclaration declaration, int node) in fields)
        {
            Value[] held = [.. graph.Parameters.Where(p => p.Name == path
                || p.Name.StartsWith(path + ".", StringComparison.Ordinal))];
            foreach (Value parameter in held.Where(p => !p.IsState)) Freeze(parameter);
            if (held.Length == 0)
                Add(new("MC0018", declaration.FullName, node, $"{path} says [Frozen] but holds no parameter: remove " +
                    "[Frozen], or put it on the field that holds the layer"));
        }
        foreach (MarkedPattern pattern in root.Frozen)
        {
            bool matches = false, isPart = false;
            foreach (Value parameter in graph.Parameters)
            {
                IReadOnlyList<string> names = StackedNames.Of(parameter);
                string[] frozen = [.. names.Where(n => Glob.Matches(pattern.Pattern, n))];
                matches |= frozen.Length > 0;
                if (parameter.IsState) continue;
                if (frozen.Length == names.Count) Freeze(parameter);
                else if (frozen.Length > 0 && !isPart)
                {
                    isPart = true;
                    Add(new("MC0019", root.FullName, pattern.Mark, $"\"{pattern.Pattern}\" freezes {frozen[0]} but " +
                        $"not {names.First(n => !frozen.Contains(n))}: repeated layers are trained together. Freeze " +
                        "all of them, or give single ones a ParameterGroup with a learning rate scale of 0"));
                }
            }
            if (!matches)
                Add(new("MC0018", root.FullName, pattern.Mark, $"no parameter of {root.Name} is called " +
                    $"\"{pattern.Pattern}\": there are {Some(graph)}; * stands for any characters"));
        }
        if (entry.IsLoss && graph.Parameters.Count > 0 && graph.Parameters.All(p => !p.IsTrained))
            Add(new("MC0020", root.FullName, entry.Mark, $"every parameter of {root.Name} is frozen, so {entry.Name} " +
                "has nothing to train: leave a part of the model without [Frozen], or remove [Loss]"));
    }

    static void Freeze(Value parameter) => (parameter.IsFrozen, parameter.NeedsGradient) = (true, false);

    static string Some(Graph graph)
    {
        const int Shown = 4;
        string list = string.Join(", ", graph.Parameters.Take(Shown).Select(p => StackedNames.Of(p)[0]));
        return graph.Parameters.Count > Shown ? $"{list} and {graph.Parameters.Count - Shown} more" : list;
    }
}
