using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Graphs;

/// <summary>Objects are equal only to themselves.</summary>
sealed class ReferenceComparer : IEqualityComparer<object>
{
    public static readonly ReferenceComparer Instance = new();

    bool IEqualityComparer<object>.Equals(object x, object y) => ReferenceEquals(x, y);

    int IEqualityComparer<object>.GetHashCode(object value) => RuntimeHelpers.GetHashCode(value);
}
