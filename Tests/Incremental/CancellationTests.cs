extern alias Compiler;
using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Declaration;
using Compiler::ModelCompiler.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.IR;

namespace ModelCompiler.Tests.Incremental;

/// <summary>An editor gives requests up all the time: one that is given up stops soon, and leaves nothing broken for the next.</summary>
public sealed class CancellationTests
{
    const string Wrong = """
        namespace Demo;

        [Model, Dim("B", Max = 8)]
        public sealed partial class Wrong
        {
            readonly Linear layer = new(6, 6);

            public Tensor Apply([Shape("B", "5")] Tensor x) => layer.Forward(x);
        }
        """;

    [Fact]
    public void Compiling_StopsBetweenStages()
    {
        Closure closure = RecordedModels.ClosureOf("Perceptron");
        using var source = new CancellationTokenSource();
        int stages = 0;
        Assert.Throws<OperationCanceledException>(() => ModelCompilation.Run(closure, source.Token, (_, _) =>
        {
            stages++;
            source.Cancel();
        }));
        Assert.Equal(1, stages);
        Assert.Throws<OperationCanceledException>(() => ModelCompilation.Run(closure, source.Token));
        Assert.NotEmpty(ModelCompilation.Compile(closure, CancellationToken.None).Files);
    }

    [Fact]
    public async Task RequestAfterOneGivenUp_ReportsTheMistakes()
    {
        CSharpCompilation compilation = GeneratorRun.Compilation(("Wrong.cs", Wrong));
        CompilationWithAnalyzers live = compilation.WithAnalyzers([new ModelCompilerAnalyzer()]);
        SemanticModel model = compilation.GetSemanticModel(compilation.SyntaxTrees.Single(t => t.FilePath == "Wrong.cs"));
        using (var source = new CancellationTokenSource())
        {
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => live.GetAnalyzerSemanticDiagnosticsAsync(model, null, source.Token));
        }
        ImmutableArray<Diagnostic> found = await live.GetAnalyzerSemanticDiagnosticsAsync(model, null, TestContext.Current.CancellationToken);
        Assert.Equal("MC1109", Assert.Single(found).Id);
    }

    [Fact]
    public void WhatWasGivenUp_IsComputedByTheNextRequest()
    {
        int computed = 0;
        var once = new OnceUnlessCancelled<string>(cancellation =>
        {
            computed++;
            cancellation.ThrowIfCancellationRequested();
            return "found";
        });
        Assert.Throws<OperationCanceledException>(() => once.Get(new CancellationToken(canceled: true)));
        Assert.Equal("found", once.Get(CancellationToken.None));
        Assert.Equal("found", once.Get(new CancellationToken(canceled: true)));
        Assert.Equal(2, computed);
    }
}
