using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelCompiler.CodeFixes;

/// <summary>
/// MC0005: <c>[Shape("B", "X")]</c> with no such dim adds <c>[Dim("X", Max = 1)]</c> to the class. The smallest bound
/// compiles; only the author knows the right one.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddDimFix)), Shared]
public sealed class AddDimFix : ModelCodeFix
{
    static readonly Regex Symbol = new(@"[A-Za-z_]\w*", RegexOptions.CultureInvariant);

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["MC0005"];

    private protected override async Task<Replacement?> Find(Document document, SyntaxToken token,
        CancellationToken cancellation)
    {
        if (token.Parent?.FirstAncestorOrSelf<AttributeArgumentSyntax>() is not { } axis) return null;
        SemanticModel? model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        // Constants name axes too: what counts is their value.
        if (model?.GetConstantValue(axis.Expression, cancellation).Value is not string length) return null;
        if (axis.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type
            || model.GetDeclaredSymbol(type, cancellation) is not { } symbol) return null;
        // Dims may stand on any part of a partial class.
        string?[] declared = [.. symbol.GetAttributes().Where(a => a.AttributeClass?.Name == "DimAttribute")
            .Select(a => a.ConstructorArguments.FirstOrDefault().Value as string)];
        string? missing = Symbol.Matches(length).Cast<Match>().Select(m => m.Value)
            .FirstOrDefault(name => !declared.Contains(name));
        if (missing is null) return null;

        AttributeArgumentListSyntax arguments = Attributes.Arguments(Attributes.Text(missing), Bound());
        AttributeSyntax dim = SyntaxFactory.Attribute(SyntaxFactory.IdentifierName("Dim"), arguments);
        string title = $"Add [Dim{arguments}] to {type.Identifier.Text}";
        if (type.AttributeLists.FirstOrDefault(l => Attributes.Of([l], "Model").Any()) is { } list)
        {
            SyntaxToken comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
            var all = SyntaxFactory.SeparatedList(list.Attributes.Add(dim),
                [.. list.Attributes.GetSeparators(), comma]);
            return new(title, list, list.WithAttributes(all));
        }
        // This part of the class has no [Model]; the attribute gets a line of its own.
        SyntaxTriviaList leading = type.GetLeadingTrivia();
        AttributeListSyntax own = Attributes.List("Dim", arguments).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed);
        return new(title, type, type.WithLeadingTrivia()
            .WithAttributeLists(type.WithLeadingTrivia().AttributeLists.Insert(0, own)).WithLeadingTrivia(leading));
    }

    static AttributeArgumentSyntax Bound() => SyntaxFactory.AttributeArgument(
        SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(1)))
        .WithNameEquals(SyntaxFactory.NameEquals(SyntaxFactory.IdentifierName("Max")
            .WithTrailingTrivia(SyntaxFactory.Space))
            .WithEqualsToken(SyntaxFactory.Token(SyntaxKind.EqualsToken).WithTrailingTrivia(SyntaxFactory.Space)));
}
