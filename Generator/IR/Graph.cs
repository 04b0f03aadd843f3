using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// One entry point of a model: what runs when the method is called, and its gradient if it is the loss.
/// </summary>
sealed class Graph(string name)
{
    /// <summary>Model and method: <c>CharGpt.Loss</c>.</summary>
    public string Name { get; } = name;

    public Region Root { get; } = new(null, null);

    /// <summary>Declared dims in order of declaration.</summary>
    public List<DimSymbol> Dims { get; } = [];

    /// <summary>The entry point's tensor parameters, in order.</summary>
    public List<Value> Inputs { get; } = [];

    /// <summary>
    /// All trainable tensors and states of the model, in order of declaration, whether this graph reads them or not.
    /// </summary>
    public List<Value> Parameters { get; } = [];

    /// <summary>What the method returns.</summary>
    public List<Value> Results { get; } = [];

    /// <summary>After differentiation: parameter → its gradient.</summary>
    public Dictionary<Value, Value> Gradients { get; } = [];

    /// <summary>State → what the next training step finds in it.</summary>
    public Dictionary<Value, Value> NewStates { get; } = [];

    /// <summary>Everything that is read when the graph has run.</summary>
    public IEnumerable<Value> Ends => Results.Concat(Gradients.Values).Concat(NewStates.Values);

    /// <summary>The number of root values that belong to the forward pass; those after it compute gradients.</summary>
    public int ForwardCount { get; set; } = -1;

    /// <summary>The next value's number.</summary>
    public int NextId { get; set; }

    /// <summary>Whether this graph has a backward pass.</summary>
    public bool IsTraining => Gradients.Count > 0;
}
