using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ModelCompiler.CodeFixes;

/// <summary>A fix that exchanges nodes of the file the diagnostic stands in.</summary>
public abstract class ModelCodeFix : CodeFixProvider
{
    /// <summary>Every mistake of a file, project or solution at once.</summary>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <summary>Offers the fix for each diagnostic that has one.</summary>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null) return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            SyntaxToken token = root.FindToken(diagnostic.Location.SourceSpan.Start);
            if (await Find(context.Document, token, context.CancellationToken)
                .ConfigureAwait(false) is not { } fix) continue;
            context.RegisterCodeFix(
                CodeAction.Create(fix.Title, _ =>
                    Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(fix.Old, fix.New))), fix.Title),
                    diagnostic);
        }
    }

    /// <summary>What to exchange for what; null where this diagnostic needs a person.</summary>
    /// <param name="document">The file.</param>
    /// <param name="token">The first token that the diagnostic marks.</param>
    /// <param name="cancellation">Stops the search.</param>
    private protected abstract Task<Replacement?> Find(Document document, SyntaxToken token,
        CancellationToken cancellation);
}
