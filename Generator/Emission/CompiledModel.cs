using System.Collections.Generic;
using ModelCompiler.IR;
using ModelCompiler.Lowering;

namespace ModelCompiler.Emission;

/// <summary>One method of a model as it is emitted: its declared inputs, dims and lowered program.</summary>
/// <param name="Method">The user's method.</param>
/// <param name="Inputs">Span parameters in order.</param>
/// <param name="DimArguments">Dims that no span's length tells.</param>
/// <param name="Program">What runs.</param>
/// <param name="ResultName">The span parameter for results; null where one number is returned.</param>
sealed record EntryProgram(
    string Method, IReadOnlyList<EntryInput> Inputs, IReadOnlyList<DimSymbol> DimArguments, CpuProgram Program,
        string? ResultName)
{
    public Graph Graph => Program.Graph;

    /// <summary>What runs on a device of CUDA; null where the model has not got it as a target.</summary>
    public CpuProgram? OnCuda { get; init; }

    /// <summary>Names of a loss's results after the first.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Names of what [Tap] keeps: results behind the metrics.</summary>
    public IReadOnlyList<string> Taps { get; init; } = [];
}

/// <summary>One span parameter.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Shape">As declared.</param>
/// <param name="Type">Element type.</param>
/// <param name="Infers">A dim that this span's length tells, if any, and by what the length is divided.</param>
/// <param name="Bounds">For tokens and labels: values are in [0, bound) for each of them.</param>
sealed record EntryInput(string Name, Shape Shape, ElementType Type, DimSymbol? Infers, long Factor,
    IReadOnlyList<InputBound> Bounds);

/// <summary>What the integers of an input must be below, and the one other number they may be.</summary>
/// <param name="Limit">Values are in [0, limit).</param>
/// <param name="Ignored">A label that does not count; null where there is none.</param>
sealed record InputBound(Dim Limit, int? Ignored);

/// <summary>All that the emitters write about one model.</summary>
sealed record ModelProgram(
    string Namespace, string Name, IReadOnlyList<string> Optimizers, EntryProgram? Training,
        IReadOnlyList<EntryProgram> Inference)
{
    /// <summary>Any entry point: all know the model's parameters.</summary>
    public CpuProgram Any => Training?.Program ?? Inference[0].Program;

    /// <summary>Whether it runs on devices of CUDA.</summary>
    public bool HasCuda => (Training ?? Inference[0]).OnCuda is not null;

    /// <summary>Names that mean something else in the user's class.</summary>
    public IReadOnlyList<string> Taken { get; init; } = [];
}

/// <summary>One file.</summary>
sealed record GeneratedFile(string HintName, string Text);
