using System.Collections.Generic;

namespace ModelCompiler.IR;

/// <summary>A straight-line list of values: the body of a graph or of one loop.</summary>
sealed class Region(Region? parent, Loop? owner)
{
    public Region? Parent { get; } = parent;

    /// <summary>The loop whose body this is; null for a graph's root.</summary>
    public Loop? Owner { get; } = owner;

    /// <summary>In order of execution.</summary>
    public List<Value> Values { get; } = [];

    /// <summary>The number of loops around this region.</summary>
    public int Depth => Parent is null ? 0 : Parent.Depth + 1;

    public bool IsInside(Region other) => this == other || (Parent?.IsInside(other) ?? false);
}
