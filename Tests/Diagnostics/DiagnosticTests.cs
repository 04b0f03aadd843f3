extern alias Compiler;
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Compiler::ModelCompiler.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>Every diagnostic: its id, its place and its words, while typing; and one error without a place in the build.</summary>
public sealed class DiagnosticTests
{
    const string Caller = """
        namespace Demo;

        static class Caller
        {
            public static float Train(float[] x, int[] ids)
            {
                using var trainer = Wrong.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 1);
                using var session = trainer.CreateSession();
                return trainer.Step(x, ids) + trainer.ComputeGradients(x, ids) + session.Loss(x, ids) + Wrong.Cost.Parameters;
            }
        }
        """;

    static readonly IReadOnlyDictionary<string, DiagnosticRow> Rows =
        DeclarationRows.All.Concat(UnsupportedRows.All).Concat(ShapeRows.All).ToDictionary(r => r.ToString());

    public static TheoryData<string> All => [.. Rows.Keys];

    public static TheoryData<string> Errors => [.. Rows.Where(r => Catalog.IsError(r.Value.Id)).Select(r => r.Key)];

    public static TheoryData<string> Warnings => [.. Rows.Where(r => !Catalog.IsError(r.Value.Id)).Select(r => r.Key)];

    [Theory, MemberData(nameof(All))]
    public async Task Mistake_IsReportedAtItsPlaceWithItsValues(string row)
    {
        DiagnosticRow expected = Rows[row];
        ImmutableArray<Diagnostic> found = await GeneratorRun.Analyze(GeneratorRun.Compilation([.. expected.Files]));
        AssertPlaces(expected.Sources, found);
        Assert.All(found, d => Assert.Equal(expected.Id, d.Id));
        string message = found[0].GetMessage();
        int at = 0;
        foreach (string part in expected.Message)
        {
            at = message.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(at >= 0, $"\"{part}\" is not, or not in this order, in: {message}");
        }
    }

    /// <summary>An editor asks about one file at a time.</summary>
    [Theory, MemberData(nameof(All))]
    public async Task Mistake_IsReportedLiveInItsFileAlone(string row)
    {
        DiagnosticRow expected = Rows[row];
        CSharpCompilation compilation = GeneratorRun.Compilation([.. expected.Files]);
        CompilationWithAnalyzers live = compilation.WithAnalyzers([new Compiler::ModelCompiler.ModelCompilerAnalyzer()]);
        foreach (MarkedSource source in expected.Sources)
        {
            SyntaxTree tree = compilation.SyntaxTrees.Single(t => t.FilePath == source.Path);
            AssertPlaces([source], await live.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), null, TestContext.Current.CancellationToken));
        }
    }

    [Theory, MemberData(nameof(Errors)), Trait("Diagnostic", "MC0001")]
    public void WrongModel_StopsTheBuildOnceAndCallersStillCompile(string row)
    {
        DiagnosticRow wrong = Rows[row];
        (string, string)[] files = wrong.HasSurface ? [.. wrong.Files, ("Caller.cs", Caller)] : [.. wrong.Files];
        GeneratorRun run = GeneratorRun.Once(GeneratorRun.Compilation(files), out _);
        Diagnostic stop = Assert.Single(run.Diagnostics);
        Assert.Equal("MC0001", stop.Id);
        Assert.Equal(Location.None, stop.Location);
        Assert.Contains(wrong.Id, stop.GetMessage(), StringComparison.Ordinal);
        Assert.DoesNotContain(run.Output.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity >= DiagnosticSeverity.Warning);
    }

    [Theory, MemberData(nameof(Warnings))]
    public void Warning_LeavesTheModelCompiled(string row)
    {
        GeneratorRun run = GeneratorRun.Of([.. Rows[row].Files, ("Caller.cs", Caller)]);
        Assert.Empty(run.Diagnostics);
        Assert.Contains("Demo.Wrong.Forward.g.cs", run.Files.Keys);
    }

    [Fact]
    public void EveryDiagnostic_HasATest()
    {
        IEnumerable<string> special = typeof(DiagnosticTests).Assembly.GetTypes().SelectMany(t => t.GetMethods()).SelectMany(m => m.GetCustomAttributes<TraitAttribute>())
            .Where(t => t.Name == "Diagnostic").Select(t => t.Value);
        Assert.Equal(Catalog.All.Select(d => d.Id).Order(StringComparer.Ordinal), Rows.Values.Select(r => r.Id).Concat(special).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ReleaseNotes_ListTheCatalog()
    {
        IEnumerable<string> Of(string file) => File.ReadAllLines(Path.Combine(Repository.Root, "Generator", "Diagnostics", file)).Where(l => l.StartsWith("MC", StringComparison.Ordinal));
        Assert.Equal(Catalog.All.Select(d => $"{d.Id} | {d.Category} | {d.DefaultSeverity} | {d.Title}"),
            Of("AnalyzerReleases.Shipped.md").Concat(Of("AnalyzerReleases.Unshipped.md")).Order(StringComparer.Ordinal));
    }

    internal static void AssertPlaces(IEnumerable<MarkedSource> sources, IEnumerable<Diagnostic> found) => Assert.Equal(
        sources.SelectMany(s => s.Spans.Select(span => $"{s.Path} {s.Text.Substring(span.Start, span.Length)} {span}")).Order(StringComparer.Ordinal),
        found.Select(d => $"{d.Location.SourceTree?.FilePath} {d.Location.SourceTree?.ToString().Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length)} {d.Location.SourceSpan}")
            .Order(StringComparer.Ordinal));
}
