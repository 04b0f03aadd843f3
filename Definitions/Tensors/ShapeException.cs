using System;
using System.Runtime.CompilerServices;

namespace ModelCompiler;

/// <summary>
/// A shape rule was broken. <see cref="Culprit"/> lets the compiler mark the argument rather than the call.
/// </summary>
public sealed class ShapeException(
    string message, object? culprit = null, [CallerArgumentExpression(nameof(culprit))] string? parameter = null)
    : Exception(message)
{
    /// <summary>The tensor at fault, where there is one.</summary>
    public object? Culprit { get; } = culprit;

    /// <summary>The name of the parameter that holds <see cref="Culprit"/>.</summary>
    public string? Parameter { get; } = parameter;

    /// <summary>The diagnostic the compiler reports it as.</summary>
    public string Id { get; init; } = "MC1001";
}
