using System.Collections.Generic;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>One entry point lowered for the CPU: methods that launch kernels, and the kernels.</summary>
sealed class CpuProgram(Graph graph, MemoryPlan plan, string prefix)
{
    /// <summary>The method that ends a step where a model has states.</summary>
    public const string UpdateStates = "UpdateStates";

    /// <summary>What the names of its methods, buffers and kernels start with.</summary>
    public string Prefix { get; } = prefix;

    public Graph Graph { get; } = graph;
    public MemoryPlan Plan { get; } = plan;

    /// <summary>Forward, Backward and one method for every loop body.</summary>
    public List<CpuMethod> Methods { get; } = [];

    public List<CpuKernel> Kernels { get; } = [];

    /// <summary>On a device of CUDA: threads of a kernel's blocks.</summary>
    public Dictionary<CpuKernel, int> Threads { get; } = [];

    /// <summary>On a device of CUDA: what a kernel of the graph, or what is computed of its product, was lowered to.
    /// </summary>
    public Dictionary<Kernel, CpuKernel> Launched { get; } = [];

    /// <summary>On a device of CUDA: what products compute on the way to memory, by their kernels.</summary>
    public Dictionary<Kernel, Cuda.ProductEpilogue> Epilogues { get; } = [];

    /// <summary>On a device of CUDA: sums that a product takes besides, by the kernels that are not launched for
    /// them.</summary>
    public Dictionary<Kernel, Value> BiasGradients { get; } = [];

    /// <summary>Values written over another, each under its own name in the place of the other's buffer.</summary>
    public IReadOnlyList<(string Name, Value Value, Buffer Buffer)> Aliases { get; set; } = [];
}

/// <summary>A generated method: statements in order.</summary>
sealed class CpuMethod(string name, string summary, string remarks, IReadOnlyList<string> loopIndices, bool isBackward)
{
    public string Name { get; } = name;
    public string Summary { get; } = summary;

    /// <summary>Shapes, cost and memory.</summary>
    public string Remarks { get; } = remarks;

    /// <summary>Indices of the loops around the body, outermost first; they are its parameters.</summary>
    public IReadOnlyList<string> LoopIndices { get; } = loopIndices;

    public bool IsBackward { get; } = isBackward;

    /// <summary>For each of <see cref="LoopIndices"/> the layers it walks over; "" for other loops.</summary>
    public IReadOnlyList<string> LoopPaths { get; init; } = [];

    public List<Statement> Statements { get; } = [];
}

/// <summary>One statement of a method, under the user's expression it comes from.</summary>
abstract record Statement(string Source, IReadOnlyList<string> Notes)
{
    /// <summary>What its cost is listed under; empty for a loop.</summary>
    public string Name { get; init; } = "";

    /// <summary>Values it stores, in order.</summary>
    public IReadOnlyList<StoredValue> Writes { get; init; } = [];
}

/// <summary>A value that has been stored.</summary>
/// <param name="Name">As in comments.</param>
/// <param name="Address">C# for its first element.</param>
/// <param name="Axes">C# for its axes, in the order of memory.</param>
/// <param name="Source">The expression it comes from.</param>
/// <param name="MayBeInfinite">Whether the body puts infinities into it.</param>
sealed record StoredValue(string Name, string Address, IReadOnlyList<string> Axes, string Source, bool MayBeInfinite);

/// <summary>Runs a kernel over a number of work items.</summary>
sealed record Launch(string Source, IReadOnlyList<string> Notes, CpuKernel Kernel, IReadOnlyList<Argument> Arguments,
    string Count, int Grain)
    : Statement(Source, Notes);

/// <summary>A matrix product, with an epilogue kernel on its tiles or none.</summary>
sealed record Multiply(
    string Source, IReadOnlyList<string> Notes, string Outer, string Inner, string M, string N, string K,
        MatrixOperand A, MatrixOperand B,
    MatrixOperand C, CpuKernel? Epilogue, IReadOnlyList<Argument> Arguments, IReadOnlyList<string> ExtraLoops)
        : Statement(Source, Notes);

/// <summary>A call of a runtime routine.</summary>
sealed record Call(string Source, IReadOnlyList<string> Notes, string Text) : Statement(Source, Notes);

/// <summary>A call of a runtime routine that finishes its tiles with an epilogue kernel, or none.</summary>
sealed record TiledCall(string Source, IReadOnlyList<string> Notes, string Text, CpuKernel? Epilogue,
    IReadOnlyList<Argument> Arguments) : Statement(Source, Notes);

/// <summary>
/// Runs a loop body's method: for an index from 0 to below <paramref name="Bound"/>, or reversed from it down to 0.
/// </summary>
sealed record RunLoop(string Source, IReadOnlyList<string> Notes, string Index, string Bound, bool Reversed,
    CpuMethod Body)
    : Statement(Source, Notes);

/// <summary>A field of a kernel and what it is set to.</summary>
sealed record Argument(string Field, string Expression);

/// <summary>
/// A matrix operand: pointer and strides. Without a pointer it is a result whose tiles stay with their thread.
/// </summary>
sealed record MatrixOperand(string Data, string Outer, string Inner, string Row, string Column)
{
    /// <summary>The field of a view that takes the pointer.</summary>
    public string Pointer { get; init; } = "Data";

    /// <summary>Where the scale of an operand in 8 bits is; empty for others.</summary>
    public string Scale { get; init; } = "";
}

/// <summary>
/// A kernel as a struct: its fields are its operands, its method runs a range of work items or finishes a tile.
/// </summary>
sealed class CpuKernel(string name, string summary, IReadOnlyList<string> remarks, bool isEpilogue)
{
    public string Name { get; } = name;
    public string Summary { get; } = summary;
    public IReadOnlyList<string> Remarks { get; } = remarks;
    public bool IsEpilogue { get; } = isEpilogue;
    public List<KernelField> Fields { get; } = [];
    public List<LoopNode> Body { get; } = [];
}

sealed record KernelField(string Type, string Name, string Note);
