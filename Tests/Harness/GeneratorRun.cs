extern alias Compiler;
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ModelCompiler.Tests.Harness;

/// <summary>
/// The only door to the generator in tests. Every run is made twice and must be cached the second time, is repeated under another culture
/// and with the files in another order, and what it generates must compile without a warning.
/// </summary>
public sealed class GeneratorRun
{
    static readonly CSharpParseOptions Parse = new(LanguageVersion.CSharp14);

    public static readonly ImmutableArray<MetadataReference> References = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).Where(p => Path.GetFileName(p) is var f && (f.StartsWith("System.", StringComparison.Ordinal) || f is "netstandard.dll" or "mscorlib.dll"
            or "ModelCompiler.Definitions.dll" or "ModelCompiler.Runtime.dll")).Select(p => MetadataReference.CreateFromFile(p))];

    const string GlobalUsings = """
        global using ModelCompiler;
        global using static ModelCompiler.Operators;
        global using ModelCompiler.Runtime;
        global using ModelCompiler.Runtime.Training;
        """;

    /// <summary>Generated sources by hint name.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>What the generator itself reported.</summary>
    public required ImmutableArray<Diagnostic> Diagnostics { get; init; }

    /// <summary>With the generated sources.</summary>
    public required Compilation Output { get; init; }

    public static CSharpCompilation Compilation(params (string Path, string Text)[] sources) => CSharpCompilation.Create("Models",
        [Tree("GlobalUsings.cs", GlobalUsings), .. sources.Select(s => Tree(s.Path, s.Text))], References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable,
            generalDiagnosticOption: ReportDiagnostic.Error, optimizationLevel: OptimizationLevel.Release,
            // Assembly versions of the test host's references may differ by revision.
            specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]));

    public static SyntaxTree Tree(string path, string text) => CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), Parse, path);

    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new Compiler::ModelCompiler.ModelCompilerGenerator().AsSourceGenerator()], parseOptions: Parse,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator on sources that have no mistake.</summary>
    public static GeneratorRun Of(params (string Path, string Text)[] sources)
    {
        GeneratorRun run = Once(Compilation(sources), out GeneratorDriver driver);
        Assert.DoesNotContain(run.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        AssertCompiles(run);
        AssertCached(driver, Compilation(sources));
        AssertSameText(run, Compilation([.. sources.Reverse()]));
        AssertTurkish(run, sources);
        return run;
    }

    /// <summary>Runs the generator once, whatever comes of it.</summary>
    public static GeneratorRun Once(Compilation compilation, out GeneratorDriver driver)
    {
        driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        GeneratorDriverRunResult result = driver.GetRunResult();
        Assert.Null(result.Results[0].Exception);
        return new GeneratorRun
        {
            Files = result.GeneratedTrees.ToDictionary(t => Path.GetFileName(t.FilePath), t => t.ToString()),
            Diagnostics = result.Diagnostics,
            Output = output,
        };
    }

    /// <summary>What the analyzer reports, in order of position.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Analyze(Compilation compilation) =>
        [.. (await compilation.WithAnalyzers([new Compiler::ModelCompiler.ModelCompilerAnalyzer()]).GetAnalyzerDiagnosticsAsync())
            .OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];

    static void AssertCompiles(GeneratorRun run)
    {
        using var stream = new MemoryStream();
        var emitted = run.Output.Emit(stream);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).Take(20)));
        Assert.DoesNotContain(emitted.Diagnostics, d => d.Severity >= DiagnosticSeverity.Warning);
    }

    /// <summary>The generator's own steps, in order; Roslyn's stand before them and do hold syntax.</summary>
    public static readonly string[] Steps = ["Declaration", "Closure", "Text", "Export"];

    /// <summary>An equal compilation made anew changes nothing.</summary>
    static void AssertCached(GeneratorDriver driver, Compilation again)
    {
        GeneratorRunResult result = driver.RunGenerators(again).GetRunResult().Results[0];
        foreach (string step in Steps)
            Assert.All(result.TrackedSteps[step].SelectMany(s => s.Outputs),
                o =>
                {
                    Assert.True(o.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {o.Reason}");
                    AssertHoldsNoSymbols(o.Value, []);
                });
    }

    /// <summary>Nothing that crosses a step keeps a compilation alive.</summary>
    static void AssertHoldsNoSymbols(object? value, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value)) return;
        Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Microsoft.CodeAnalysis.Compilation or Location or IOperation, value.GetType().FullName);
        if (value is System.Collections.IEnumerable items)
            foreach (object? item in items) AssertHoldsNoSymbols(item, seen);
        else
            foreach (var field in value.GetType().GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic))
                AssertHoldsNoSymbols(field.GetValue(value), seen);
    }

    static void AssertSameText(GeneratorRun run, Compilation other)
    {
        GeneratorRun second = Once(other, out _);
        Assert.Equal(run.Files.OrderBy(f => f.Key, StringComparer.Ordinal), second.Files.OrderBy(f => f.Key, StringComparer.Ordinal));
    }

    static void AssertTurkish(GeneratorRun run, (string, string)[] sources)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Turkish();
            GeneratorRun other = Once(Compilation(sources), out GeneratorDriver driver);
            Assert.Equal(run.Files.Count, other.Files.Count);
            // Not through the generator, which remembers what it compiled before.
            foreach (object closure in driver.GetRunResult().Results[0].TrackedSteps["Closure"].SelectMany(s => s.Outputs).Select(o => o.Value))
                Assert.All(Compiler::ModelCompiler.ModelCompilation.Run((Compiler::ModelCompiler.Declaration.Closure)closure).Files, f => Assert.Equal(run.Files[f.HintName], f.Text));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    /// <summary>Decimal commas and another i; where the system has no cultures, the commas at least.</summary>
    static CultureInfo Turkish()
    {
        try
        {
            return new CultureInfo("tr-TR");
        }
        catch (CultureNotFoundException)
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) = (",", ".", "\u2212");
            return culture;
        }
    }
}
