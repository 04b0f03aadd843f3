using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelCompiler.CodeFixes;

/// <summary>MC0002: <c>[Model] class Net</c> becomes <c>[Model] partial class Net</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddPartialFix)), Shared]
public sealed class AddPartialFix : ModelCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["MC0002"];

    private protected override Task<Replacement?> Find(Document document, SyntaxToken token,
        CancellationToken cancellation)
    {
        if (token.Parent?.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type
            || type.Modifiers.Any(SyntaxKind.PartialKeyword))
            return Task.FromResult<Replacement?>(null);
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        TypeDeclarationSyntax changed;
        // the language wants it last
        if (type.Modifiers.Count > 0) changed = type.WithModifiers(type.Modifiers.Add(partial));
        else
        {
            // Comments and indentation stand before the keyword, and stay before the new one.
            SyntaxToken keyword = type.Keyword;
            changed = type.WithKeyword(keyword.WithLeadingTrivia())
                .WithModifiers(SyntaxFactory.TokenList(partial.WithLeadingTrivia(keyword.LeadingTrivia)));
        }
        return Task.FromResult<Replacement?>(new($"Make {type.Identifier.Text} partial", type, changed));
    }
}
