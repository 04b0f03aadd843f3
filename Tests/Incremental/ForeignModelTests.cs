using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ModelCompiler.Tests.Diagnostics;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Incremental;

/// <summary>Models of another assembly, of which only the image is at hand.</summary>
public sealed class ForeignModelTests
{
    const string Parts = """
        namespace Foreign;

        [Model]
        public sealed partial class Part(int width, double scale = 0.5)
        {
            readonly Inner inner = new(width);

            public Tensor Forward(Tensor x)
            {
                if (x.Length(-1) != width) throw new ShapeException($"Part({width}): x is {x.Shape}", x);
                return Shared.Scaled(inner.Forward(x), scale);
            }
        }

        [Model]
        public sealed partial class Inner(int width)
        {
            readonly Linear[] layers = Repeat(2, () => new Linear(width, width));

            public Tensor Forward(Tensor x)
            {
                foreach (Linear layer in layers) x = Tanh(layer.Forward(x));
                return x;
            }
        }

        static class Shared
        {
            public static Tensor Scaled(Tensor x, double by) => x * by;
        }
        """;

    const string Own = """
        using Foreign;

        namespace Demo;

        [Model, Dim("B", Max = 8)]
        public sealed partial class Own
        {
            readonly Part part = new(6);

            public Tensor Apply([Shape("B", "6")] Tensor x) => part.Forward(x);

            [Loss]
            public Tensor Loss([Shape("B", "6")] Tensor x) => Mean(Mean(Apply(x), 1), 0).Reshape();
        }

        public static class Runner
        {
            public static float[] Compiled(float[] x)
            {
                using var trainer = Own.CreateTrainer(Device.Cpu.WithThreads(1), new AdamW(learningRate: 1e-3f), seed: 7);
                using var session = trainer.CreateSession();
                var result = new float[x.Length];
                session.Apply(x, result);
                return result;
            }

            public static double[] Eager(Tensor x)
            {
                var model = new Own();
                ModelCompiler.Eager.Initialize(model, 7);
                return model.Apply(x).Data;
            }
        }
        """;

    [Fact]
    public void Model_RunsAsIfItsSourceWereHere()
    {
        (MetadataReference reference, MemoryStream foreign) = Image(Parts);
        GeneratorRun run = GeneratorRun.Once(Compilation(reference, ("Own.cs", Own)), out _);
        Assert.Empty(run.Diagnostics);
        GeneratorRun here = GeneratorRun.Once(GeneratorRun.Compilation(("Own.cs", Own), ("Parts.cs", Parts)), out _);
        Assert.All(run.Files.Where(f => f.Key.StartsWith("Demo.Own.", StringComparison.Ordinal) && !f.Key.Contains("Source")), f => Assert.Equal(here.Files[f.Key], f.Value));
        using var image = new MemoryStream();
        var emitted = run.Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        image.Position = foreign.Position = 0;
        var context = new AssemblyLoadContext("foreign", isCollectible: true);
        context.LoadFromStream(foreign);
        Type runner = context.LoadFromStream(image).GetType("Demo.Runner")!;
        float[] x = Draw.Reals(4 * 6);
        EagerEqualsCompiled.Close("Apply", Call<double[]>(runner, "Eager", new Tensor(x, 4, 6)), Call<float[]>(runner, "Compiled", x));
        context.Unload();
    }

    [Theory]
    [InlineData("=> part.Forward(x);", "=> [|part.Forward(Slice(x, 1, 0, 5))|];", "MC1001", "Part(6): x is [B, 5]")]
    [InlineData("= new(6);", "= [|new(6, scale: -0.5)|];", "MC1001", "-0.5 is no scale")]
    public async Task ErrorInside_StandsAtTheUsersOwnExpression(string good, string bad, string id, string message)
    {
        MarkedSource own = MarkedSource.Of("Own.cs", Own.Replace(good, bad));
        string parts = Parts.Replace("inner = new(width);", "inner = scale > 0 ? new(width) : throw new ShapeException($\"{scale} is no scale\");");
        ImmutableArray<Diagnostic> found = await GeneratorRun.Analyze(Compilation(Image(parts).Reference, (own.Path, own.Text)));
        Assert.Equal(id, Assert.Single(found).Id);
        DiagnosticTests.AssertPlaces([own], found);
        Assert.Contains(message, found[0].GetMessage(), StringComparison.Ordinal);
    }

    [Theory, Trait("Diagnostic", "MC0007")]
    [InlineData("1:0what an older version wrote", "(0 instead of ")]
    [InlineData("3:1.9what a newer version wrote", "(1.9 instead of ")]
    [InlineData("no declaration at all", "(damaged instead of ")]
    [InlineData("1:21:2broken off", "(damaged instead of ")]
    public async Task ModelOfAnotherVersion_IsADiagnosticAtTheModelThatHoldsIt(string text, string versions)
    {
        MetadataReference reference = Plain($$"""
            namespace Foreign;

            [Model, ModelSource("{{text}}")]
            public sealed class Part(int width)
            {
                readonly Linear layer = new(width, width);
                public Tensor Forward(Tensor x) => layer.Forward(x);
            }
            """);
        MarkedSource own = MarkedSource.Of("Own.cs", Own.Replace("class Own", "class [|Own|]"));
        CSharpCompilation compilation = Compilation(reference, (own.Path, own.Text));
        ImmutableArray<Diagnostic> found = await GeneratorRun.Analyze(compilation);
        Assert.Equal("MC0007", Assert.Single(found).Id);
        DiagnosticTests.AssertPlaces([own], found);
        Assert.Contains(versions, found[0].GetMessage(), StringComparison.Ordinal);
        Assert.Contains("build that assembly again with this version", found[0].GetMessage(), StringComparison.Ordinal);
        GeneratorRun run = GeneratorRun.Once(compilation, out _);
        Assert.Equal("MC0001", Assert.Single(run.Diagnostics).Id);
        Assert.DoesNotContain(run.Output.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity >= DiagnosticSeverity.Warning);
    }

    /// <summary>The skew is found behind a model of one's own, too.</summary>
    [Fact, Trait("Diagnostic", "MC0007")]
    public async Task ModelOfAnotherVersionInsideAPart_IsFound()
    {
        MetadataReference reference = Plain("namespace Foreign; [Model, ModelSource(\"1:0\")] public sealed class Old { public Tensor Forward(Tensor x) => x; }");
        ImmutableArray<Diagnostic> found = await GeneratorRun.Analyze(Compilation(reference, ("Own.cs", Own.Replace("using Foreign;", "")),
            ("Part.cs", "namespace Demo; [Model] public sealed partial class Part(int width) { readonly Foreign.Old old = new(); public Tensor Forward(Tensor x) => old.Forward(x) * width; }")));
        Assert.Contains(found, d => d.Id == "MC0007" && d.GetMessage().StartsWith("Own holds", StringComparison.Ordinal));
        Assert.All(found, d => Assert.Equal("MC0007", d.Id));
    }

    /// <summary>What is not a model cannot be read from an image; the message says so.</summary>
    [Fact]
    public async Task MethodOfAnotherAssembly_IsADiagnosticAtTheCall()
    {
        MetadataReference reference = Plain("namespace Foreign; public static class Tools { public static Tensor Twice(Tensor x) => x * 2; }");
        MarkedSource own = MarkedSource.Of("Own.cs", """
            namespace Demo;

            [Model, Dim("B", Max = 8)]
            public sealed partial class Own
            {
                public Tensor Apply([Shape("B", "6")] Tensor x) => [|Foreign.Tools.Twice(x)|];
            }
            """);
        ImmutableArray<Diagnostic> found = await GeneratorRun.Analyze(Compilation(reference, (own.Path, own.Text)));
        Assert.Equal("MC0010", Assert.Single(found).Id);
        DiagnosticTests.AssertPlaces([own], found);
        Assert.Contains("Tools.Twice cannot be called in a model: its source is not in this project", found[0].GetMessage(), StringComparison.Ordinal);
    }

    static (MetadataReference Reference, MemoryStream Image) Image(string source)
    {
        GeneratorRun run = GeneratorRun.Once(GeneratorRun.Compilation(("Parts.cs", source)).WithAssemblyName("Foreign"), out _);
        Assert.Empty(run.Diagnostics);
        return Emit(run.Output);
    }

    /// <summary>Without the generator.</summary>
    static MetadataReference Plain(string source) => Emit(GeneratorRun.Compilation(("Parts.cs", source)).WithAssemblyName("Foreign")).Reference;

    static (MetadataReference Reference, MemoryStream Image) Emit(Compilation compilation)
    {
        var image = new MemoryStream();
        var emitted = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return (MetadataReference.CreateFromImage(image.ToArray()), image);
    }

    static CSharpCompilation Compilation(MetadataReference foreign, params (string, string)[] sources) => GeneratorRun.Compilation(sources).AddReferences(foreign);

    static T Call<T>(Type runner, string method, params object[] arguments) =>
        (T)runner.GetMethod(method)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
