using System;

namespace ModelCompiler;

/// <summary>A named axis length with its declared bounds: what <c>[Dim]</c> says.</summary>
public sealed class DimSymbol(string name, int min, int max, int multiple) : IEquatable<DimSymbol>
{
    public string Name { get; } = name;

    /// <summary>Smallest value.</summary>
    public int Min { get; } = min;

    /// <summary>Largest value: memory is planned for it.</summary>
    public int Max { get; } = max;

    /// <summary>Every value is a multiple of this.</summary>
    public int Multiple { get; } = multiple;

    public bool Equals(DimSymbol? other) => other is not null && Name == other.Name;
    public override bool Equals(object? obj) => Equals(obj as DimSymbol);
    public override int GetHashCode() => Name.GetHashCode();
    public override string ToString() => Name;
}
