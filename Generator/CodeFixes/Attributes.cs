using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelCompiler.CodeFixes;

/// <summary>The attributes of models, as syntax.</summary>
static class Attributes
{
    /// <summary>Those of one name, with or without namespace and suffix.</summary>
    public static IEnumerable<AttributeSyntax> Of(SyntaxList<AttributeListSyntax> lists, string name) =>
        lists.SelectMany(l => l.Attributes).Where(a => Name(a) == name || Name(a) == name + "Attribute");

    /// <summary>The dims a class declares in this file, in order.</summary>
    public static IEnumerable<string> DimNames(TypeDeclarationSyntax type) => Of(type.AttributeLists, "Dim")
        .Select(a => a.ArgumentList?.Arguments.FirstOrDefault()?.Expression).OfType<LiteralExpressionSyntax>()
        .Select(literal => literal.Token.ValueText);

    public static AttributeArgumentSyntax Text(string value) => SyntaxFactory.AttributeArgument(
        SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(value)));

    /// <summary>(a, b), spaced as people write it.</summary>
    public static AttributeArgumentListSyntax Arguments(params AttributeArgumentSyntax[] arguments) =>
        SyntaxFactory.AttributeArgumentList(
        SyntaxFactory.SeparatedList(arguments, Enumerable.Repeat(SyntaxFactory.Token(SyntaxKind.CommaToken)
            .WithTrailingTrivia(SyntaxFactory.Space), arguments.Length - 1)));

    public static AttributeListSyntax List(string name, AttributeArgumentListSyntax arguments) =>
        SyntaxFactory.AttributeList(
        SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Attribute(SyntaxFactory.IdentifierName(name), arguments)));

    static string Name(AttributeSyntax attribute) => attribute.Name switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.Text,
        SimpleNameSyntax simple => simple.Identifier.Text,
        _ => "",
    };
}
