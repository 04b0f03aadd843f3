extern alias Compiler;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>A mistake shows where it stands, in whatever file that is, once, and together with the others.</summary>
public sealed class PlacementTests
{
    const string Root = """
        namespace Demo;

        [Model, Dim("B", Max = 8)]
        public sealed partial class Wrong
        {
            readonly Linear final = new(6, 3);
            readonly Part part = new(6);

            [Loss]
            public Tensor Loss([Shape("B", "6")] Tensor x, [Shape("B")] Tensor<int> ids) => CrossEntropy(final.Forward(part.Forward(x)), ids);
        }
        """;

    const string Part = """
        namespace Demo;

        [Model]
        public sealed partial class Part(int width)
        {
            readonly Linear layer = new(width, width);

            public Tensor Forward(Tensor x) => Shared.Mixed(layer.Forward(x));
        }
        """;

    const string Shared = """
        namespace Demo;

        static class Shared
        {
            public static Tensor Mixed(Tensor x) => Tanh(x) * 2;
        }
        """;

    [Fact]
    public async Task ErrorOfAHelperClass_StandsInItsFile() =>
        await Expect("MC1102", ("Root.cs", Root), ("Part.cs", Part), ("Shared.cs", Shared.Replace("Tanh(x) * 2", "MatMul(x, [|x|])")));

    [Fact]
    public async Task ErrorOfANestedModel_StandsInItsFile() =>
        await Expect("MC1109", ("Root.cs", Root), ("Part.cs", Part.Replace("new(width, width)", "new(width + 1, width)").Replace("Forward(x))", "Forward([|x|]))")), ("Shared.cs", Shared));

    [Fact]
    public async Task ErrorOfAPartOfTwoRoots_IsReportedOnce() =>
        await Expect("MC1102", ("Root.cs", Root), ("Second.cs", Root.Replace("Wrong", "Second")), ("Part.cs", Part), ("Shared.cs", Shared.Replace("Tanh(x) * 2", "MatMul(x, [|x|])")));

    [Fact]
    public async Task ErrorsOfOneBody_AreAllReported()
    {
        string body = Part.Replace("=> Shared.Mixed(layer.Forward(x));", """
            {
                Tensor a = layer.Forward([|x[0].T|]);
                Tensor b = MatMul(x, [|x|]);
                Tensor c = Slice([|x|], 1, 5, 9) + b + a;
                return c + x;
            }
            """);
        ImmutableArray<Diagnostic> found = await Analyze(("Root.cs", Root), ("Part.cs", body), ("Shared.cs", Shared));
        Assert.Equal(["MC1004", "MC1102", "MC1011"], found.Select(d => d.Id));
    }

    [Fact]
    public async Task ErrorsOfAllEntryPoints_AreAllReported()
    {
        string root = Root.Replace("[Loss]", """
            public Tensor First([Shape("B", "6")] Tensor x) => x + [|x[0].T|];

                public Tensor Second([Shape("B", "6")] Tensor x) => MatMul(x, [|x|]);

                [Loss]
            """);
        ImmutableArray<Diagnostic> found = await Analyze(("Root.cs", root), ("Part.cs", Part), ("Shared.cs", Shared));
        Assert.Equal(["MC1004", "MC1102"], found.Select(d => d.Id));
    }

    [Theory]
    [InlineData("part.Forward(x)", "part.Foward(x)")]
    [InlineData("part.Forward(x)", "part.Forward(y)")]
    [InlineData("part.Forward(x)", "part.Forward(x")]
    [InlineData("part.Forward(x)", "part.Forward(2 +)")]
    [InlineData("part.Forward(x)", "part.Forward(x, 1)")]
    [InlineData("part.Forward(x)", "MatMul(x, x) + part.")]
    [InlineData("new(6, 3)", "new(6, \"3\")")]
    [InlineData("public Tensor Loss", "public Tenso Loss")]
    [InlineData("Tensor x, ", "Tenso x, ")]
    [InlineData("Part part", "Parts part")]
    public async Task BodyThatIsNotCSharp_IsLeftToTheCSharpCompiler(string good, string bad)
    {
        string source = Root.Replace(good, bad);
        CSharpCompilation compilation = GeneratorRun.Compilation(("Root.cs", source), ("Part.cs", Part), ("Shared.cs", Shared));
        Assert.Contains(compilation.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity == DiagnosticSeverity.Error);
        Assert.Empty(await GeneratorRun.Analyze(compilation));
        Assert.Empty(GeneratorRun.Once(compilation, out _).Diagnostics);
    }

    /// <summary>An editor asks about the file it shows, and about no other.</summary>
    [Fact]
    public async Task FileWithoutMistakes_ShowsNone()
    {
        CSharpCompilation compilation = GeneratorRun.Compilation(("Root.cs", Root), ("Part.cs", Part), ("Shared.cs", Shared.Replace("Tanh(x) * 2", "MatMul(x, x)")));
        CompilationWithAnalyzers live = compilation.WithAnalyzers([new Compiler::ModelCompiler.ModelCompilerAnalyzer()]);
        async Task<ImmutableArray<Diagnostic>> Of(string file) =>
            await live.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(compilation.SyntaxTrees.Single(t => t.FilePath == file)), null, TestContext.Current.CancellationToken);
        Assert.Empty(await Of("Root.cs"));
        Assert.Empty(await Of("Part.cs"));
        Assert.Single(await Of("Shared.cs"));
    }

    static async Task Expect(string id, params (string Path, string Marked)[] files)
    {
        ImmutableArray<Diagnostic> found = await Analyze(files);
        Assert.Equal(id, Assert.Single(found).Id);
    }

    static async Task<ImmutableArray<Diagnostic>> Analyze(params (string Path, string Marked)[] files)
    {
        MarkedSource[] sources = [.. files.Select(f => MarkedSource.Of(f.Path, f.Marked))];
        ImmutableArray<Diagnostic> found = await GeneratorRun.Analyze(GeneratorRun.Compilation([.. sources.Select(s => (s.Path, s.Text))]));
        DiagnosticTests.AssertPlaces(sources, found);
        return found;
    }
}
