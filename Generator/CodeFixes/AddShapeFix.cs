using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelCompiler.CodeFixes;

/// <summary>
/// MC0003: <c>Tensor x</c> becomes <c>[Shape("B")] Tensor x</c>, with the axes of the first other parameter that has a
/// shape, or else one axis named by the model's first dim.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddShapeFix)), Shared]
public sealed class AddShapeFix : ModelCodeFix
{
    /// <summary>The legend's name for the axis of examples, where the model names none.</summary>
    const string Batch = "B";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["MC0003"];

    private protected override Task<Replacement?> Find(Document document, SyntaxToken token,
        CancellationToken cancellation)
    {
        if (token.Parent?.FirstAncestorOrSelf<ParameterSyntax>()
            is not { Parent: ParameterListSyntax siblings } parameter)
            return Task.FromResult<Replacement?>(null);
        AttributeArgumentListSyntax arguments =
            siblings.Parameters.Select(p => Attributes.Of(p.AttributeLists, "Shape").FirstOrDefault()?.ArgumentList)
                .FirstOrDefault(a => a is not null)?.WithoutTrivia()
            ?? Attributes.Arguments(Attributes.Text(FirstDim(parameter) ?? Batch));
        AttributeListSyntax shape = Attributes.List("Shape", arguments);
        SyntaxTriviaList leading = parameter.GetLeadingTrivia();
        ParameterSyntax changed = parameter.WithLeadingTrivia();
        changed = changed.WithAttributeLists(changed.AttributeLists.Insert(0,
            shape.WithTrailingTrivia(SyntaxFactory.Space))).WithLeadingTrivia(leading);
        return Task.FromResult<Replacement?>(new($"Add [Shape{arguments}] to {parameter.Identifier.Text}", parameter,
            changed));
    }

    static string? FirstDim(ParameterSyntax parameter) =>
        parameter.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type
        ? Attributes.DimNames(type).FirstOrDefault()
        : null;
}
