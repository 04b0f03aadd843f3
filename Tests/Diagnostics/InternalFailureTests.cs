extern alias Compiler;
using System;
using System.Linq;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Declaration;
using Compiler::ModelCompiler.Diagnostics;
using Compiler::ModelCompiler.Emission;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.IR;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>A mistake of the compiler's own is MC9001 with all that a report of it needs, and never an exception of the host's.</summary>
public sealed class InternalFailureTests
{
    [Theory, Trait("Diagnostic", "MC9001")]
    [InlineData("Interpret")]
    [InlineData("Differentiate")]
    [InlineData("Simplify")]
    [InlineData("GroupKernels")]
    [InlineData("PlanMemory")]
    public void FailingPass_IsNamedWithItsGraphAndLeavesASurface(string failing)
    {
        CompiledFiles compiled = ModelCompilation.Run(RecordedModels.ClosureOf("Perceptron"), TestContext.Current.CancellationToken, (pass, graph) =>
        {
            if (pass == failing) throw new InvalidOperationException("nobody thought\nof this");
        });
        Assert.True(compiled.IsInternal);
        Assert.StartsWith($"the compiler failed in {failing}: InvalidOperationException: nobody thought of this", compiled.Problem, StringComparison.Ordinal);
        Assert.Equal(2, compiled.Files.Count);
        string report = compiled.Files.Single(f => f.HintName.EndsWith(".Failure.g.cs", StringComparison.Ordinal)).Text;
        Assert.Contains("// graph Perceptron.Loss", report, StringComparison.Ordinal);
        Assert.Contains("// }", report, StringComparison.Ordinal);
        Assert.All(report.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("//", line, StringComparison.Ordinal));
        GeneratedFile surface = compiled.Files.Single(f => f.HintName.EndsWith(".Surface.g.cs", StringComparison.Ordinal));
        Assert.Contains("class Trainer", surface.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(CSharpSyntaxTree.ParseText(surface.Text, cancellationToken: TestContext.Current.CancellationToken).GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>While typing, too, and in the same words for the same model.</summary>
    [Fact, Trait("Diagnostic", "MC9001")]
    public void FailingFrontEnd_IsADiagnosticAtTheModel()
    {
        Closure whole = RecordedModels.ClosureOf("Perceptron");
        var damaged = new Closure(new[] { whole.Root with { Nodes = whole.Root.Nodes.Take(3).ToArray() } }, "");
        ModelDiagnostic finding = Assert.Single(ModelCompilation.Check(damaged, TestContext.Current.CancellationToken));
        Assert.Equal(("MC9001", whole.Root.FullName, -1), (finding.Id, finding.Declaration, finding.Node));
        Assert.Contains("Perceptron: the compiler failed while reading this model", finding.Message, StringComparison.Ordinal);
        Assert.Contains("Please report it", finding.Message, StringComparison.Ordinal);
        CompiledFiles compiled = ModelCompilation.Run(damaged, TestContext.Current.CancellationToken);
        Assert.True(compiled.IsInternal);
        Assert.StartsWith("the compiler failed in Interpret", compiled.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void CancelledWork_IsNoFailure() => Assert.Throws<OperationCanceledException>(() =>
        ModelCompilation.Run(RecordedModels.ClosureOf("Perceptron"), TestContext.Current.CancellationToken, (_, _) => throw new OperationCanceledException()));
}
