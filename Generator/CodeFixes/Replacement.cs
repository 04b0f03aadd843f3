using Microsoft.CodeAnalysis;

namespace ModelCompiler.CodeFixes;

/// <summary>One change of a file.</summary>
/// <param name="Title">What the editor's menu shows.</param>
/// <param name="Old">A node of the file.</param>
/// <param name="New">What takes its place.</param>
sealed record Replacement(string Title, SyntaxNode Old, SyntaxNode New);
