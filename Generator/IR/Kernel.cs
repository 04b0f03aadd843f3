using System.Collections.Generic;

namespace ModelCompiler.IR;

/// <summary>What the fused values of one kernel have in common, and how they are computed together.</summary>
enum KernelKind
{
    /// <summary>Elementwise over one shape.</summary>
    Elementwise,

    /// <summary>
    /// Rows along the last axis: elementwise values and reductions of that axis, several passes over a row.
    /// </summary>
    Rows,

    /// <summary>Sums or maxima over axes before the last, elementwise producers fused in.</summary>
    Columns,

    /// <summary>A matrix product and the elementwise values computed on its tiles.</summary>
    MatMul,

    /// <summary>One operation with a routine of its own: gather, scatter-add, a copy in another layout.</summary>
    Single,
}

/// <summary>One kernel of the fused graph. Its values stand together in their region.</summary>
sealed class Kernel(int id, KernelKind kind, Shape space)
{
    public int Id { get; } = id;
    public KernelKind Kind { get; } = kind;

    /// <summary>The shape iterated over: the output's, or the reduced input's.</summary>
    public Shape Space { get; set; } = space;

    /// <summary>The values written to memory; every other value of the kernel lives in registers.</summary>
    public List<Value> Outputs { get; } = [];

    /// <summary>A C# identifier, unique in its program.</summary>
    public string Name { get; set; } = "";
}
