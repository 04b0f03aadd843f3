using System;
using System.Collections.Generic;
using ModelCompiler.IR;

namespace ModelCompiler;

/// <summary>How the compiler emits a primitive.</summary>
public sealed record PrimitiveFacet
{
    public static readonly PrimitiveFacet None = new();

    /// <summary>
    /// For elementwise operations: C# over <c>Vector512&lt;float&gt;</c> (conditions are masks of that type, integers
    /// are <c>Vector512&lt;int&gt;</c>), inputs as {0}, {1}, {2}.
    /// </summary>
    public string Formula { get; init; } = "";

    /// <summary>The same as CUDA C over <c>float</c>; conditions are <c>bool</c>, integers <c>int</c>.</summary>
    public string Cuda { get; init; } = "";

    /// <summary>Floating-point operations per output element; for reductions per input element.</summary>
    public int Flops { get; init; }

    /// <summary>
    /// Costs more than a few instructions: worth keeping rather than computing again within one kernel.
    /// </summary>
    public bool IsExpensive { get; init; }

    /// <summary>Inputs of an operation with a kernel of its own; 0 where the stages know the operation.</summary>
    internal int Inputs { get; init; }

    /// <summary>How many inputs more it may have; which of them there are, its attributes say.</summary>
    internal int OptionalInputs { get; init; }

    /// <summary>Which inputs of a value are integers, in order in memory; null where none is.</summary>
    internal Func<Value, int, bool>? IsInteger { get; init; }

    /// <summary>
    /// Of an operation with a kernel of its own: the rule a value breaks, to be read behind "n4 = conv2d : [3]: "; null
    /// where it breaks none.
    /// </summary>
    internal Func<Value, string?>? Broken { get; init; }

    /// <summary>Floating-point operations of a value where they are not so many an element.</summary>
    internal Func<Value, long>? TotalFlops { get; init; }

    /// <summary>
    /// The call that computes a value on the CPU, from the addresses of its inputs and its result; without the
    /// closing parenthesis where the operation <see cref="HasEpilogue"/>.
    /// </summary>
    internal Func<Value, IReadOnlyList<string>, string, string>? Call { get; init; }

    /// <summary>
    /// The call takes an epilogue for tiles [channels, positions] of an image: elementwise values that read it, and
    /// otherwise only full tensors and numbers for each channel, are computed there.
    /// </summary>
    internal bool HasEpilogue { get; init; }

    /// <summary>
    /// Of an operation with a kernel of its own: inputs are read by their strides, in whatever order they lie, and the
    /// result may be written with its leading axes in another order. Others read and write memory from start to end.
    /// </summary>
    internal bool IsStrided { get; init; }

    /// <summary>
    /// Of a product that is no matmul: the inputs that are its operands, read as they are stored and all stored alike.
    /// </summary>
    internal Func<Value, IReadOnlyList<int>> ProductInputs { get; init; } = _ => [];

    /// <summary>
    /// One number a row that others are computed of, such as a log-sum: stored in fp32 whatever is around it.
    /// </summary>
    internal bool IsStatistic { get; init; }

    /// <summary>
    /// Operations of one group that have the same inputs, as far as both have them, are one kernel; empty for none.
    /// </summary>
    internal string Group { get; init; } = "";

    /// <summary>
    /// The call that computes values of one group on the CPU, from the address of each value; null for those that
    /// nobody else reads.
    /// </summary>
    internal Func<IReadOnlyList<Value>, Func<Value, string?>, string>? GroupCall { get; init; }
}
