using System;
using System.Collections.Generic;
using ModelCompiler.Declaration;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>An instance of a user's [Model] class while its body is interpreted.</summary>
sealed class ModelInstance(ModelDeclaration declaration)
{
    public ModelDeclaration Declaration { get; } = declaration;

    /// <summary>Its field path from the root; empty for the root.</summary>
    public string Path { get; set; } = "";

    /// <summary>
    /// What [Precision] says of it: on its class, else on the field that holds it, else on what is around that; null
    /// where none says anything.
    /// </summary>
    public PrecisionLevel? Precision { get; set; }

    /// <summary>Rows of layers that were open when it was created.</summary>
    public int Row { get; init; }

    public Dictionary<string, object?> Arguments { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, object?> Fields { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// What an expression with an error evaluates to: whatever is computed of it fails in silence, so that each error shows
/// once.
/// </summary>
sealed class Failed
{
    public static readonly Failed Value = new();
}

/// <summary>(a, b) in a body.</summary>
sealed record TupleValue(object?[] Items);

/// <summary>blocks[2] or something inside it: one layer of a repetition, outside a loop over it.</summary>
sealed record PickedLayer(object Element, StackScope Scope, int Layer);

/// <summary>The counter of a for loop that stays a loop: it may only index what the loop walks over.</summary>
/// <param name="Loop">The loop.</param>
/// <param name="Group">Which group of the layers it walks over.</param>
/// <param name="Place">Which layer of the group's period the body is being recorded for.</param>
sealed record LayerCounter(Loop Loop, int Group, int Place);

/// <summary>new Tensor[n]: filled in one loop, read in another.</summary>
sealed class CollectedTensors(int count)
{
    public int Count { get; } = count;

    /// <summary>What was assigned at constant places, or in the iteration being recorded.</summary>
    public Dictionary<object, Tensor> Items { get; } = [];

    /// <summary>After a loop has filled it: [count, ..].</summary>
    public Value? Stack { get; set; }
}

/// <summary>A lambda or local function with what it captured.</summary>
sealed record LambdaValue(Frame Captured, int Body, string[] Parameters);

/// <summary>The locals of one call.</summary>
/// <param name="instance">Whose method runs.</param>
/// <param name="declaration">Whose nodes are evaluated.</param>
/// <param name="outer">For a lambda: where it was written.</param>
/// <param name="site">Where to report errors of a declaration without source: the call in the user's own.</param>
sealed class Frame(ModelInstance instance, ModelDeclaration declaration, Frame? outer,
    (ModelDeclaration Declaration, int Node)? site)
{
    readonly Dictionary<string, object?> locals = new(StringComparer.Ordinal);
    readonly Dictionary<string, Region> regions = new(StringComparer.Ordinal);

    public ModelInstance Instance { get; } = instance;
    public ModelDeclaration Declaration { get; } = declaration;
    public (ModelDeclaration Declaration, int Node)? Site { get; } = site;

    /// <summary>Rows of layers that were open when the call began.</summary>
    public int Row { get; init; }

    public object? Result { get; set; }
    public bool HasReturned { get; set; }
    public bool HasBroken { get; set; }

    /// <summary>Nothing more runs in this block.</summary>
    public bool IsLeaving => HasReturned || HasBroken;

    public bool Has(string name) => locals.ContainsKey(name);

    /// <summary>The frame that holds a local: this one or one a lambda is written in.</summary>
    public Frame? Holder(string name) => locals.ContainsKey(name) ? this : outer?.Holder(name);

    public object? this[string name]
    {
        get => Holder(name) is { } holder ? holder.locals[name] : Failed.Value;
        set => (locals[name], regions[name]) = (value, Recorder.Current.Region);
    }

    /// <summary>
    /// Whether a local got its value outside of the loop being recorded. The loop's body is recorded once for all
    /// iterations, so only what it carries may change in it.
    /// </summary>
    public bool IsFromOutside(string name, Region region) => regions.TryGetValue(name, out Region? bound)
        && bound != region;

    public IReadOnlyCollection<string> Names => locals.Keys;

    public void Forget(string name) => locals.Remove(name);

    public Node Node(int index) => Declaration.Nodes[index];
}
