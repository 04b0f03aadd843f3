using ModelCompiler.Infrastructure;

namespace ModelCompiler.Declaration;

/// <summary>Where each node of a declaration stands; its index is the node's number.</summary>
sealed record SourceMap(EquatableArray<SourceSpan> Spans);

/// <summary>A stretch of one file.</summary>
readonly record struct SourceSpan(string File, int Start, int Length);

/// <summary>A declaration and its positions.</summary>
sealed record ReadModel(ModelDeclaration Declaration, SourceMap Sources);
