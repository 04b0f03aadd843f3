using System.Collections.Generic;

namespace ModelCompiler.IR;

/// <summary>
/// A region operator: its body runs <see cref="Count"/> times. <c>Repeat</c> (over layers), <c>Scan</c> (over time) and
/// <c>Fold</c> all are this; they differ in what a library author writes.
/// <code>
/// n9 = repeat 6 (x = n0) {
///   w = at(blocks.up.weight)      ; this iteration's slice of a [6, ..] value
///   y = matmul(x, w)
///   yield y                       ; the next iteration's x
///   stack y -> n11                ; all iterations' y, [6, ..]
/// }
/// n10 = carried(n9) 0             ; x after the last iteration
/// </code>
/// A body may read any value of the regions around it. All carried slots change at once.
/// </summary>
sealed class Loop(Dim count, bool reversed, Loop? forward)
{
    public Dim Count { get; } = count;

    /// <summary>Runs from the last index to the first: a gradient loop.</summary>
    public bool Reversed { get; } = reversed;

    /// <summary>For a gradient loop: the loop it is the gradient of.</summary>
    public Loop? Forward { get; } = forward;

    /// <summary>The value that stands for the loop in the region around it.</summary>
    public Value Node { get; set; } = null!;

    public Region Body { get; set; } = null!;

    /// <summary>Which repeated layers the loop walks over: their parameters are read by <c>at</c>.</summary>
    public List<StackScope> Scopes { get; } = [];

    /// <summary>One per carried slot: the value before the first iteration.</summary>
    public List<Value> Initial { get; } = [];

    /// <summary>One per carried slot: the value within an iteration, in the body.</summary>
    public List<Value> Carried { get; } = [];

    /// <summary>One per carried slot: the value that the next iteration carries.</summary>
    public List<Value> Yields { get; } = [];

    /// <summary>One per carried slot: the value after the last iteration, beside the loop.</summary>
    public List<Value> Results { get; } = [];

    /// <summary>A body value and its [count, ..] value beside the loop, in order of creation.</summary>
    public List<StackedValue> Stacked { get; } = [];

    /// <summary>
    /// The index as a number to compute with; a gradient loop has its forward loop's. Only what random numbers are
    /// drawn by depends on it.
    /// </summary>
    public DimSymbol Symbol => Forward?.Symbol ?? (symbol ??= new DimSymbol(Index + Node.Id, 0,
        (int)System.Math.Max(0, Count.Maximum - 1), 1));

    DimSymbol? symbol;

    /// <summary>The name of the index in generated code.</summary>
    public string Index { get; set; } = "i";
}

/// <summary>One body value of which every iteration is kept.</summary>
sealed record StackedValue(Value Inner, Value Outer);
