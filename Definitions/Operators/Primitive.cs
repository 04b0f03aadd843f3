using System;

namespace ModelCompiler;

/// <summary>Which family of behaviour a primitive belongs to: what the compiler's stages ask about.</summary>
public enum PrimitiveKind
{
    /// <summary>No tensor input: constants, ranges, dims.</summary>
    Source,

    /// <summary>One output element from the elements at the same place, inputs broadcast.</summary>
    Elementwise,

    /// <summary>Other axes over the same elements, nothing computed.</summary>
    View,

    /// <summary>One axis folded to length 1.</summary>
    Reduction,

    /// <summary>Everything else: its own kernel.</summary>
    Kernel,

    /// <summary>Inputs, parameters, loops and what belongs to them; recorded by the compiler, never called.</summary>
    Structure,
}

/// <summary>The gradients of an operation's inputs, null where nothing flows, written as plain operators.</summary>
public delegate Tensor?[] GradientRule(Differential operation);

/// <summary>
/// One word of the compiler's vocabulary. Its call and gradient are written once, in the operator's folder; its facet
/// says how it is evaluated (Definitions) or emitted (Generator).
/// </summary>
public sealed class Primitive(string name, PrimitiveKind kind, string meaning, PrimitiveFacet facet,
    GradientRule? gradient = null)
{
    /// <summary>The name in the text form, snake case.</summary>
    public string Name { get; } = name;

    public PrimitiveKind Kind { get; } = kind;

    /// <summary>One line for people.</summary>
    public string Meaning { get; } = meaning;

    public PrimitiveFacet Facet { get; } = facet;

    /// <summary>Null where no gradient flows through.</summary>
    public GradientRule? Gradient { get; } = gradient;

    public override string ToString() => Name;
}
