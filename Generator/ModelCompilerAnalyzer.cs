using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using ModelCompiler.Declaration;
using ModelCompiler.Diagnostics;
using ModelCompiler.Infrastructure;

namespace ModelCompiler;

/// <summary>
/// The host that reports while typing. All models of a compilation are checked once; each file's action then reports
/// what stands in it, because an editor shows live only what an action reports about the file it is analysing.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModelCompilerAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Catalog.All;

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("ModelCompiler.ModelAttribute") is not { } attribute) return;
            var findings = new OnceUnlessCancelled<List<(SourceSpan Span, ModelDiagnostic Finding)>>(
                cancellation => Check(start.Compilation, attribute, cancellation));
            // Not a symbol action: a user's helper class carries no attribute, and errors can stand in it too.
            start.RegisterSemanticModelAction(file =>
            {
                SyntaxTree tree = file.SemanticModel.SyntaxTree;
                foreach ((SourceSpan span, ModelDiagnostic finding) in findings.Get(file.CancellationToken))
                    if (span.File == tree.FilePath && span.Start + span.Length <= tree.Length)
                        file.ReportDiagnostic(Diagnostic.Create(
                            Catalog.Find(finding.Id), Location.Create(tree, new TextSpan(span.Start, span.Length)),
                                finding.Message));
            });
        });
    }

    static List<(SourceSpan, ModelDiagnostic)> Check(Compilation compilation, INamedTypeSymbol attribute,
        CancellationToken cancellation)
    {
        Dictionary<string, ReadModel> models = Types(compilation.Assembly.GlobalNamespace)
            .Where(t => t.GetAttributes().Any(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute)))
            .Select(t => ReadDeclaration.Of(t, compilation, cancellation))
            .GroupBy(m => m.Declaration.FullName).ToDictionary(g => g.Key, g => g.First());
        var findings = new List<(SourceSpan, ModelDiagnostic)>();
        foreach (Closure closure in Closure.All(models.Values.Select(m => m.Declaration)))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (ModelDiagnostic finding in ModelCompilation.Check(closure, cancellation))
            {
                ReadModel model = models.TryGetValue(finding.Declaration, out ReadModel? own) ? own
                    : models[closure.Root.FullName];
                var spans = model.Sources.Spans;
                SourceSpan span = finding.Node >= 0
                    && finding.Node < spans.Count ? spans[finding.Node] : ClassSpan(compilation, model.Declaration);
                // Two roots may reach the same mistake of a part.
                if (!findings.Contains((span, finding))) findings.Add((span, finding));
            }
            if (closure.IsRoot && compilation.Options.OptimizationLevel == OptimizationLevel.Debug)
                findings.Add((ClassSpan(compilation, closure.Root), new("MC4001", closure.Root.FullName, -1,
                    $"{closure.Root.Name} is compiled without optimisation, so its kernels run many times slower: " +
                        "write <Optimize>true</Optimize> in the project, or build with -c Release")));
        }
        return findings;
    }

    static SourceSpan ClassSpan(Compilation compilation, ModelDeclaration declaration)
    {
        Location? location = compilation.GetTypeByMetadataName(declaration.FullName)?.Locations.FirstOrDefault(l =>
            l.IsInSource);
        return location is null ? default
            : new(location.SourceTree!.FilePath, location.SourceSpan.Start, location.SourceSpan.Length);
    }

    static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container)
    {
        foreach (INamespaceOrTypeSymbol member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol type) yield return type;
            foreach (INamedTypeSymbol nested in Types(member)) yield return nested;
        }
    }
}
