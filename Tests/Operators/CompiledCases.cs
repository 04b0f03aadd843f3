extern alias Compiler;
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using ModelCompiler.Tests.Harness;
using Closure = Compiler::ModelCompiler.Declaration.Closure;

namespace ModelCompiler.Tests.Operators;

/// <summary>Cases of operators, compiled together once by the generator and the C# compiler, and loaded.</summary>
public sealed class CompiledCases
{
    /// <summary>The cases of every operator folder.</summary>
    public static IReadOnlyList<OperatorCases> Operators { get; } = [.. typeof(CompiledCases).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(OperatorCases)))
        .Select(t => (OperatorCases)Activator.CreateInstance(t)!).OrderBy(o => o.Name, StringComparer.Ordinal)];

    static readonly Lazy<CompiledCases> shared = new(() => new CompiledCases(Operators.Select(o => (o, o.All.ToArray()))));

    readonly Dictionary<OperatorCase, string> names = [];
    readonly Dictionary<string, string> problems = [];
    readonly Dictionary<string, Closure> closures = [];
    readonly ConcurrentDictionary<OperatorCase, CompiledCase> loaded = [];
    readonly Assembly assembly;

    /// <summary>Compiles cases together.</summary>
    /// <param name="cases">Operators with the cases to take of each.</param>
    /// <param name="suffix">Sets their names apart.</param>
    /// <param name="withNeighbours">Whether each is also compiled between elementwise neighbours.</param>
    /// <param name="onCuda">Whether they run on a device of CUDA.</param>
    /// <param name="precision">What [Precision] on the models says.</param>
    public CompiledCases(IEnumerable<(OperatorCases Operator, OperatorCase[] Cases)> cases, string suffix = "", bool withNeighbours = true, bool onCuda = false, string precision = "")
    {
        var sources = new List<(string Path, string Text)>();
        foreach ((OperatorCases @operator, OperatorCase[] all) in cases)
        {
            Cases[@operator.Name] = all;
            for (int i = 0; i < all.Length; i++)
            {
                string name = names[all[i]] = $"{@operator.Name}{suffix}{i}";
                sources.Add(($"{name}.cs", CaseSource.Of(name, all[i], all[i].Scale ?? @operator.Scale, withNeighbours, onCuda, precision)));
            }
        }
        assembly = Load(Emit(GeneratorRun.Compilation([.. sources])));
    }

    /// <summary>All cases that are written down.</summary>
    public static CompiledCases Shared => shared.Value;

    /// <summary>By the operator's name.</summary>
    public Dictionary<string, OperatorCase[]> Cases { get; } = [];

    /// <summary>A case to run.</summary>
    public CompiledCase this[OperatorCase @case] => loaded.GetOrAdd(@case, c => problems.TryGetValue(names[c], out string? problem)
        ? throw new InvalidOperationException($"{c} does not compile: {problem}")
        : new CompiledCase(c, assembly.GetType("Cases." + names[c])!, assembly.GetType($"Cases.{names[c]}Run")!, closures[names[c]]));

    /// <summary>One case that does not compile must not take the others with it: it is left out, and fails where it is asked for.</summary>
    MemoryStream Emit(Compilation compilation)
    {
        GeneratorRun run = GeneratorRun.Once(compilation, out GeneratorDriver driver);
        foreach (object output in driver.GetRunResult().Results[0].TrackedSteps["Closure"].SelectMany(s => s.Outputs).Select(o => o.Value))
            closures[((Closure)output).Root.Name] = (Closure)output;
        foreach (Diagnostic diagnostic in run.Diagnostics)
            if (Owner(diagnostic.GetMessage()) is { } name) problems.TryAdd(name, diagnostic.GetMessage());
        while (true)
        {
            var image = new MemoryStream();
            var emitted = Without(run.Output, problems.Keys).Emit(image);
            Diagnostic[] wrong = [.. emitted.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning)];
            if (wrong.Length == 0) return image;
            int before = problems.Count;
            foreach (Diagnostic diagnostic in wrong)
                if (diagnostic.Location.SourceTree is { } tree && Owner("Cases." + ModelOf(tree)) is { } name) problems.TryAdd(name, diagnostic.ToString());
            if (problems.Count == before) throw new InvalidOperationException(string.Join("\n", wrong.Take(10).Select(d => d.ToString())));
        }
    }

    /// <summary>The model that a text starting with its full name speaks of.</summary>
    string? Owner(string text) => text.Split('.', ':', ' ') is ["Cases", { } name, ..] && names.ContainsValue(name) ? name : null;

    /// <summary>Add0.cs and Cases.Add0.Forward.g.cs are both Add0's.</summary>
    static string ModelOf(SyntaxTree tree) => Path.GetFileName(tree.FilePath).Replace("Cases.", "", StringComparison.Ordinal).Split('.')[0];

    static Compilation Without(Compilation compilation, IReadOnlyCollection<string> broken) =>
        compilation.RemoveSyntaxTrees(compilation.SyntaxTrees.Where(t => broken.Contains(ModelOf(t))));

    static Assembly Load(MemoryStream image)
    {
        image.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(image);
    }
}
