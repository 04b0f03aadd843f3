using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Training;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>What the compiler makes of a model for devices of CUDA, read out of the files it generates.</summary>
/// <param name="Model">Its full name.</param>
/// <param name="Text">CUDA C with the prelude in front.</param>
/// <param name="Names">Of the kernels.</param>
/// <param name="Plan">Of a training step.</param>
sealed record ModelKernels(string Model, string Text, IReadOnlyList<string> Names, ModelPlan Plan)
{
    /// <summary>Every model of some files.</summary>
    /// <param name="files">Below the repository's root; what the models need, and nothing else.</param>
    public static IReadOnlyList<ModelKernels> Of(params IEnumerable<string> files)
    {
        (string, string)[] sources = [.. files.Select(f => (Path.GetFileName(f), File.ReadAllText(Path.Combine(Repository.Root, f))))];
        GeneratorRun run = GeneratorRun.Once(GeneratorRun.Compilation(sources), out _);
        Assert.Empty(run.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        const string Concern = ".CudaKernels.g.cs";
        return [.. run.Files.Keys.Where(f => f.EndsWith(Concern, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(f => Read(f[..^Concern.Length], run.Files[f], run.Files[f.Replace(Concern, ".Plan.g.cs", StringComparison.Ordinal)]))];
    }

    static ModelKernels Read(string model, string kernels, string plan)
    {
        var root = CSharpSyntaxTree.ParseText(kernels).GetRoot();
        VariableDeclaratorSyntax source = root.DescendantNodes().OfType<VariableDeclaratorSyntax>().Single(v => v.Identifier.Text == "Source");
        string text = CudaPrelude.With(model + ".cu", ((LiteralExpressionSyntax)source.Initializer!.Value).Token.ValueText);
        IEnumerable<string> names = root.DescendantNodes().OfType<ArrayCreationExpressionSyntax>().Single().Initializer!.Expressions
            .Select(e => ((LiteralExpressionSyntax)e).Token.ValueText);
        LiteralExpressionSyntax lines = CSharpSyntaxTree.ParseText(plan).GetRoot().DescendantNodes().OfType<LiteralExpressionSyntax>().Single(l => l.IsKind(SyntaxKind.StringLiteralExpression));
        return new(model, text, [.. names], new ModelPlan(lines.Token.ValueText));
    }
}
