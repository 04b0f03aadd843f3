using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ModelCompiler.Declaration;

/// <summary>Source text with canonical spacing: the user's words, blind to comments and line breaks.</summary>
static class CanonicalText
{
    const int Longest = 160;

    public static string Of(SyntaxNode node)
    {
        var text = new StringBuilder();
        SyntaxToken previous = default;
        // Of a loop only its header.
        int end = node switch
        {
            CommonForEachStatementSyntax loop => loop.Statement.SpanStart,
            ForStatementSyntax loop => loop.Statement.SpanStart,
            _ => node.Span.End,
        };
        foreach (SyntaxToken token in node.DescendantTokens())
        {
            if (token.SpanStart >= end) break;
            if (token.IsKind(SyntaxKind.SemicolonToken) && token.Span.End >= end) continue;
            if (text.Length > 0 && NeedsSpace(previous, token)) text.Append(' ');
            text.Append(token.Text);
            previous = token;
            if (text.Length > Longest) return text.Append(" …").Replace('\n', ' ').Replace('\r', ' ').ToString();
        }
        return text.Replace('\n', ' ').Replace('\r', ' ').ToString();
    }

    static bool NeedsSpace(SyntaxToken a, SyntaxToken b) =>
        a.IsKind(SyntaxKind.CommaToken) || a.IsKind(SyntaxKind.SemicolonToken) || a.IsKind(SyntaxKind.ForEachKeyword)
            || a.IsKind(SyntaxKind.ForKeyword)
            || IsWord(a) && IsWord(b) || IsInfix(a) || IsInfix(b)
        || a.IsKind(SyntaxKind.CloseBracketToken) && IsWord(b) || a.IsKind(SyntaxKind.OpenBraceToken)
            || b.IsKind(SyntaxKind.CloseBraceToken)
        || b.IsKind(SyntaxKind.OpenBraceToken) || a.IsKind(SyntaxKind.GreaterThanToken)
            && a.Parent is TypeArgumentListSyntax && IsWord(b);

    static bool IsWord(SyntaxToken t) => t.IsKind(SyntaxKind.IdentifierToken) || t.IsKeyword()
        || t.IsKind(SyntaxKind.NumericLiteralToken);

    static bool IsInfix(SyntaxToken t) =>
        t.Parent is BinaryExpressionSyntax or AssignmentExpressionSyntax or EqualsValueClauseSyntax
        or ConditionalExpressionSyntax or SwitchExpressionArmSyntax || t.IsKind(SyntaxKind.EqualsGreaterThanToken);
}
