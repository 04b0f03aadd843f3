using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.Declaration;

/// <summary>
/// One [Model] class as data: what crosses the incremental pipeline. Equality is by value, so a comment, a blank line
/// or an edit elsewhere yields an equal declaration. Positions are in <see cref="SourceMap"/>, which the generator
/// drops.
/// </summary>
/// <param name="FullName">Namespace, containing types and name as the library's signatures spell them.</param>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Name">The class.</param>
/// <param name="IsImported">Read from a referenced assembly: there is no source to point at.</param>
/// <param name="Optimizers">Simple names of the optimizers to generate updates for.</param>
/// <param name="Dims">Symbolic axis lengths.</param>
/// <param name="Parameters">Constructor parameters.</param>
/// <param name="Fields">Fields and automatic properties in order of declaration.</param>
/// <param name="Constructor">Body of an explicit constructor; -1 without one.</param>
/// <param name="Methods">
/// Its methods, computed properties, and the static methods of other classes that they call.
/// </param>
/// <param name="Nodes">All expressions and statements.</param>
/// <param name="References">Other models it mentions.</param>
/// <param name="Imports">Texts of models of other assemblies.</param>
/// <param name="Mistakes">Errors that show in the declaration alone.</param>
sealed record ModelDeclaration(
    string FullName, string Namespace, string Name, bool IsImported, EquatableArray<string> Optimizers,
        EquatableArray<DimDeclaration> Dims,
    EquatableArray<string> Parameters, EquatableArray<FieldDeclaration> Fields, int Constructor,
        EquatableArray<MethodDeclaration> Methods,
    EquatableArray<Node> Nodes, EquatableArray<string> References, EquatableArray<string> Imports,
        EquatableArray<Mistake> Mistakes)
{
    /// <summary>
    /// Names that generated code takes for granted and that mean something else in this class: it writes them
    /// differently.
    /// </summary>
    public EquatableArray<string> Taken { get; init; } = [];

    /// <summary>Where it is to run: names of ModelTarget's values.</summary>
    public EquatableArray<string> Targets { get; init; } = new[] { "Cpu" };

    /// <summary>What [Frozen] on the class says.</summary>
    public EquatableArray<MarkedPattern> Frozen { get; init; } = [];

    /// <summary>What [Precision] on the class says; null without one.</summary>
    public PrecisionLevel? Precision { get; init; }

    /// <summary>What [Tap] on the class says.</summary>
    public EquatableArray<MarkedPattern> Taps { get; init; } = [];

    /// <summary>A node and everything inside of it, each before its children; nothing for -1.</summary>
    public IEnumerable<int> Within(int node) => node < 0 ? [] : Nodes[node].Children.SelectMany(Within).Prepend(node);
}

/// <summary>What [Dim] says.</summary>
sealed record DimDeclaration(string Name, int Min, int Max, int Multiple);

/// <summary>A pattern of names, and the node that stands for it.</summary>
sealed record MarkedPattern(string Pattern, int Mark);

/// <summary>A field; <paramref name="Initializer"/> is its node, -1 without one.</summary>
sealed record FieldDeclaration(string Name, int Initializer, bool IsFrozen = false)
{
    /// <summary>What [Precision] on it says; null without one.</summary>
    public PrecisionLevel? Precision { get; init; }
}

/// <summary>A method.</summary>
/// <param name="Signature">Unique within the declaration, equal for caller and callee.</param>
/// <param name="Name">As written.</param>
/// <param name="IsLoss">Carries [Loss].</param>
/// <param name="IsEntry">Can be called from outside: a loss, or a public method with shaped parameters.</param>
/// <param name="Parameters">In order.</param>
/// <param name="Body">Its node.</param>
/// <param name="Mark">The node that stands for its name.</param>
sealed record MethodDeclaration(
    string Signature, string Name, bool IsLoss, bool IsEntry, EquatableArray<ParameterDeclaration> Parameters, int Body,
        int Mark)
{
    /// <summary>Carries [Operator]: what it computes on the way is called after it.</summary>
    public bool IsOperator { get; init; }

    /// <summary>Names of a loss's results after the first: what is measured beside it.</summary>
    public EquatableArray<string> Metrics { get; init; } = [];
}

/// <summary>
/// A parameter; <paramref name="Shape"/> holds what [Shape] says, <paramref name="ShapeMarks"/> where each entry
/// stands.
/// </summary>
sealed record ParameterDeclaration(string Name, string Type, bool HasShape, EquatableArray<string> Shape,
    EquatableArray<int> ShapeMarks, int Mark);

/// <summary>An error at a node.</summary>
sealed record Mistake(string Id, int Node, string Message);
