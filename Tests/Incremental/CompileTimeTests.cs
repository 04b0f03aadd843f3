extern alias Compiler;
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Compiler::ModelCompiler.Declaration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Incremental;

/// <summary>What compiling costs: repeated layers cost once, and a keystroke costs little.</summary>
[Collection(nameof(CompileTimeTests)), CollectionDefinition(nameof(CompileTimeTests), DisableParallelization = true)]
public sealed class CompileTimeTests
{
    const int Runs = 7, Attempts = 4;

    static int names;

    const string Equal = "() => new {0}Block(128, 4)", Alternating = "i => new {0}Block(128, i % 3 == 2 ? 4 : 8)";

    /// <summary>A machine that is busy with something else gets more than one attempt.</summary>
    [Theory]
    [InlineData(Equal)]
    [InlineData(Alternating)]
    public void SixLayers_TakeLessThan200MillisecondsAndNinetySixAsLong(string create)
    {
        Generate(6, create);
        Generate(96, create);
        (double Six, double NinetySix) best = (double.MaxValue, double.MaxValue);
        for (int attempt = 0; attempt < Attempts && !IsGood(best); attempt++)
        {
            var six = new List<double>();
            var ninetySix = new List<double>();
            for (int i = 0; i < Runs; i++)
            {
                six.Add(Generate(6, create).Milliseconds);
                ninetySix.Add(Generate(96, create).Milliseconds);
            }
            best = (Math.Min(best.Six, Median(six)), Math.Min(best.NinetySix, Median(ninetySix)));
        }
        Assert.True(IsGood(best), $"6 layers take {best.Six:f1} ms, 96 take {best.NinetySix:f1} ms");

        // An iteration over layers that alternate with a period of three holds three of them.
        bool IsGood((double Six, double NinetySix) best) =>
            best.Six < (create == Equal ? 200 : 3 * 200) && best.NinetySix <= 1.2 * best.Six;
    }

    [Theory]
    [InlineData(Equal)]
    [InlineData(Alternating)]
    public void NinetySixLayers_HaveTheCodeOfSix(string create)
    {
        int six = Generate(6, create).Characters, ninetySix = Generate(96, create).Characters;
        Assert.InRange(ninetySix, six, 1.02 * six);
    }

    /// <summary>Every keystroke reads every body again, whatever it touched.</summary>
    [Fact]
    public void ReadingABody_TakesLessThan5Milliseconds()
    {
        var times = new Dictionary<string, List<double>>();
        for (int i = 0; i < Runs + 3; i++)
        {
            CSharpCompilation compilation = GeneratorRun.Compilation(Sources(6, "Gpt", Equal));
            // Binding what is declared is the compiler's own work, and done anyway.
            _ = compilation.GetDeclarationDiagnostics(TestContext.Current.CancellationToken);
            foreach (string name in new[] { "Demo.Gpt", "Demo.GptBlock" })
            {
                INamedTypeSymbol type = compilation.GetTypeByMetadataName(name)!;
                var watch = Stopwatch.StartNew();
                ReadModel read = ReadDeclaration.Of(type, compilation, TestContext.Current.CancellationToken);
                watch.Stop();
                Assert.NotEmpty(read.Declaration.Nodes);
                if (i >= 3) (times.TryGetValue(name, out var known) ? known : times[name] = []).Add(watch.Elapsed.TotalMilliseconds);
            }
        }
        Assert.All(times, t => Assert.True(t.Value.Min() < 5, $"{t.Key} takes {t.Value.Min():f2} ms"));
    }

    static double Median(List<double> numbers) => numbers.Order().ElementAt(numbers.Count / 2);

    /// <summary>Each time under another name of the same length: the compiler remembers what it compiled before.</summary>
    static (double Milliseconds, int Characters) Generate(int layers, string create)
    {
        CSharpCompilation compilation = GeneratorRun.Compilation(Sources(layers, $"Gpt{++names:d4}", create));
        GeneratorDriver driver = GeneratorRun.Driver();
        // Of the processor, not of the clock: the machine may be busy with other things. No other test runs meanwhile.
        TimeSpan before = Environment.CpuUsage.TotalTime;
        GeneratorDriverRunResult result = driver.RunGenerators(compilation).GetRunResult();
        TimeSpan taken = Environment.CpuUsage.TotalTime - before;
        Assert.Empty(result.Diagnostics);
        Assert.Contains(result.GeneratedTrees, t => t.FilePath.EndsWith("Backward.g.cs", StringComparison.Ordinal));
        return (taken.TotalMilliseconds, result.GeneratedTrees.Sum(t => t.Length));
    }

    static (string, string)[] Sources(int layers, string name, string create) =>
    [
        ($"{name}.cs", $$"""
            namespace Demo;

            [Model, Dim("B", Max = 16), Dim("T", Max = 128)]
            public sealed partial class {{name}}
            {
                readonly Embedding tokens = new(96, 128);
                readonly Embedding positions = new(128, 128);
                readonly {{name}}Block[] blocks = Repeat({{layers}}, {{string.Format(CultureInfo.InvariantCulture, create, name)}});
                readonly LayerNorm final = new(128);

                public Tensor Logits([Shape("B", "T")] Tensor<int> ids)
                {
                    Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
                    foreach ({{name}}Block block in blocks) x = block.Forward(x);
                    return MatMul(final.Forward(x), tokens.Weight.T);
                }

                [Loss]
                public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets) => CrossEntropy(Logits(ids), targets);
            }

            [Model]
            public sealed partial class {{name}}Block(int width, int heads)
            {
                readonly LayerNorm before = new(width), middle = new(width);
                readonly CausalSelfAttention attention = new(width, heads);
                readonly Linear up = new(width, 4 * width), down = new(4 * width, width);

                public Tensor Forward(Tensor x)
                {
                    x += attention.Forward(before.Forward(x));
                    return x + down.Forward(Gelu(up.Forward(middle.Forward(x))));
                }
            }
            """),
    ];
}
