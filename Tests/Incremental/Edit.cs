extern alias Compiler;
using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ModelCompiler.Tests.Harness;
using Closure = Compiler::ModelCompiler.Declaration.Closure;

namespace ModelCompiler.Tests.Incremental;

/// <summary>The generator before and after an edit.</summary>
sealed class Edit
{
    readonly GeneratorRunResult after;

    Edit(GeneratorRunResult after) => this.after = after;

    /// <summary>Replaces, adds or removes files as an editor does: trees that do not change stay the same objects.</summary>
    public static Edit Of((string Path, string Text)[] before, (string Path, string Text)[] after)
    {
        CSharpCompilation compilation = GeneratorRun.Compilation(before);
        GeneratorDriver driver = GeneratorRun.Driver().RunGenerators(compilation);
        foreach ((string path, string text) in before)
        {
            SyntaxTree old = compilation.SyntaxTrees.Single(t => t.FilePath == path);
            (string Path, string Text) now = after.FirstOrDefault(a => a.Path == path);
            if (now.Path is null) compilation = compilation.RemoveSyntaxTrees(old);
            else if (now.Text != text) compilation = compilation.ReplaceSyntaxTree(old, GeneratorRun.Tree(path, now.Text));
        }
        compilation = compilation.AddSyntaxTrees(after.Where(a => before.All(b => b.Path != a.Path)).Select(a => GeneratorRun.Tree(a.Path, a.Text)));
        GeneratorRunResult result = driver.RunGenerators(compilation).GetRunResult().Results[0];
        Assert.Null(result.Exception);
        return new(result);
    }

    /// <summary>Models that are compiled anew, in order of name; what comes out may still be the same.</summary>
    public IEnumerable<string> Recompiled => Outputs("Closure").Where(o => !IsKept(o.Reason)).Select(o => ((Closure)o.Value).Root.Name).Order(StringComparer.Ordinal);

    /// <summary>Steps with an output that is new or changed.</summary>
    public IEnumerable<string> ChangedSteps => GeneratorRun.Steps.Where(s => Outputs(s).Any(o => !IsKept(o.Reason)));

    public IEnumerable<string> Models => Outputs("Closure").Select(o => ((Closure)o.Value).Root.Name);

    static bool IsKept(IncrementalStepRunReason reason) => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged;

    IEnumerable<(object Value, IncrementalStepRunReason Reason)> Outputs(string step) => after.TrackedSteps[step].SelectMany(s => s.Outputs);
}
