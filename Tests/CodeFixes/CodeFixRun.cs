using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.CodeFixes;

/// <summary>One file in an editor: the analyzer reports, a fix changes the text.</summary>
sealed class CodeFixRun
{
    public required string Text { get; init; }

    public required IReadOnlyList<string> Titles { get; init; }

    /// <summary>Ids of what the analyzer still reports afterwards.</summary>
    public required IReadOnlyList<string> Remaining { get; init; }

    /// <summary>Applies the fix to the first diagnostic of its id; the text stays as it is where nothing is offered.</summary>
    /// <param name="fix">The fix.</param>
    /// <param name="source">A file; its usings are added.</param>
    public static async Task<CodeFixRun> Apply(CodeFixProvider fix, string source)
    {
        const string usings = "using ModelCompiler;\nusing static ModelCompiler.Operators;\n";
        using var workspace = new AdhocWorkspace();
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable);
        Project project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Create(), "Editor", "Editor", LanguageNames.CSharp,
            compilationOptions: options, parseOptions: new CSharpParseOptions(LanguageVersion.CSharp14),
            metadataReferences: GeneratorRun.References));
        Document document = workspace.AddDocument(project.Id, "Net.cs", SourceText.From(usings + source));

        ImmutableArray<Diagnostic> found = await Analyze(document);
        Diagnostic? diagnostic = found.FirstOrDefault(d => fix.FixableDiagnosticIds.Contains(d.Id));
        Assert.True(diagnostic is not null,
            $"expected {string.Join(", ", fix.FixableDiagnosticIds)}, but the analyzer reports {string.Join(", ", found)}");

        var actions = new List<CodeAction>();
        var context = new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None);
        await fix.RegisterCodeFixesAsync(context);
        Document changed = document;
        if (actions.Count > 0)
        {
            CodeActionOperation only = Assert.Single(await actions[0].GetOperationsAsync(CancellationToken.None));
            var operation = Assert.IsType<ApplyChangesOperation>(only);
            changed = operation.ChangedSolution.GetDocument(document.Id)!;
        }
        string text = (await changed.GetTextAsync()).ToString();
        Assert.StartsWith(usings, text, System.StringComparison.Ordinal);
        return new CodeFixRun
        {
            Text = text[usings.Length..],
            Titles = [.. actions.Select(a => a.Title)],
            Remaining = [.. (await Analyze(changed)).Select(d => d.Id)],
        };
    }

    static async Task<ImmutableArray<Diagnostic>> Analyze(Document document) =>
        await GeneratorRun.Analyze((await document.Project.GetCompilationAsync())!);
}
