using System;
using System.ComponentModel;

namespace ModelCompiler;

/// <summary>
/// Written by the generator onto every model: its declaration as text, so that models of other assemblies can hold it.
/// </summary>
[AttributeUsage(AttributeTargets.Class), EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModelSourceAttribute(string text) : Attribute
{
    /// <summary>The declaration's closure, readable by the generator of the same version.</summary>
    public string Text { get; } = text;
}
