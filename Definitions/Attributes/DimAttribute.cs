using System;

namespace ModelCompiler;

/// <summary>
/// Declares a symbolic axis length: memory is planned for <see cref="Max"/>, any value up to it runs without
/// recompiling.
/// </summary>
/// <example><code>
/// [Model, Dim("B", Max = 32), Dim("T", Max = 128, Multiple = 8)] public sealed partial class Reader { … }
/// </code></example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class DimAttribute(string name) : Attribute
{
    /// <summary>The symbol used in <see cref="ShapeAttribute"/>.</summary>
    public string Name { get; } = name;

    /// <summary>Smallest length; at least 1.</summary>
    public int Min { get; set; } = 1;

    /// <summary>Largest length; required.</summary>
    public int Max { get; set; }

    /// <summary>Every length is a multiple of this, which lets the compiler prove divisions such as T / 4.</summary>
    public int Multiple { get; set; } = 1;
}
