using System;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>A Debug build of a model is right but slow, and says so.</summary>
public sealed class OptimisationTests
{
    const string Model = """
        [Model, Dim("B", Max = 8)]
        public sealed partial class Small
        {
            readonly Linear one = new(6, 3);

            [Loss]
            public Tensor Loss([Shape("B", "6")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(one.Forward(x), labels);
        }
        """;

    [Fact, Trait("Diagnostic", "MC4001")]
    public async Task ModelWithoutOptimisation_IsWarnedAboutAtItsClass()
    {
        CSharpCompilation optimised = GeneratorRun.Compilation(("Small.cs", Model));
        Assert.Empty(await GeneratorRun.Analyze(optimised));
        Diagnostic found = Assert.Single(await GeneratorRun.Analyze(optimised.WithOptions(optimised.Options
            .WithOptimizationLevel(OptimizationLevel.Debug).WithGeneralDiagnosticOption(ReportDiagnostic.Default))));
        Assert.Equal(("MC4001", DiagnosticSeverity.Warning), (found.Id, found.Severity));
        Assert.Equal("Small", found.Location.SourceTree!.ToString().Substring(found.Location.SourceSpan.Start, found.Location.SourceSpan.Length));
        Assert.Contains("<Optimize>true</Optimize>", found.GetMessage(), StringComparison.Ordinal);
    }
}
