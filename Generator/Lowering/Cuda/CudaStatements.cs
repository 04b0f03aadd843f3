using System.Collections.Generic;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>How a kernel is launched.</summary>
/// <param name="Blocks">Of the grid, as C#: along x, or along x, y and z.</param>
/// <param name="Threads">Of a block.</param>
/// <param name="SharedBytes">Of a block, besides what the kernel declares.</param>
sealed record CudaGrid(string Blocks, int Threads, int SharedBytes);

/// <summary>Launches a generated kernel.</summary>
/// <param name="Source">As of every statement.</param>
/// <param name="Notes">As of every statement.</param>
/// <param name="Kernel">What runs.</param>
/// <param name="Arguments">In the order of its parameters.</param>
/// <param name="Grid">Of its threads.</param>
sealed record CudaLaunch(string Source, IReadOnlyList<string> Notes, CpuKernel Kernel,
    IReadOnlyList<Argument> Arguments, CudaGrid Grid) : Statement(Source, Notes);

/// <summary>Launches a reduction over rows, and what combines the parts of its results.</summary>
sealed record CudaColumnLaunch(string Source, IReadOnlyList<string> Notes, CpuKernel Kernel,
    IReadOnlyList<Argument> Arguments, CudaColumns Shape) : Statement(Source, Notes);

/// <summary>A product by cuBLASLt.</summary>
sealed record CudaMultiply(string Source, IReadOnlyList<string> Notes, string Outer, string Inner, string M, string N,
    string K, MatrixOperand A, MatrixOperand B, MatrixOperand C, IReadOnlyList<string> ExtraLoops)
    : Statement(Source, Notes)
{
    /// <summary>A vector that is added to every row, as C#; empty without one.</summary>
    public string Bias { get; init; } = "";

    /// <summary>A matrix that is added; null without one.</summary>
    public MatrixOperand? Residual { get; init; }

    /// <summary>A function of the sum.</summary>
    public ProductActivation Activation { get; init; }

    /// <summary>What goes into GELU: written, or read by its gradient; null where nobody asks for it.</summary>
    public MatrixOperand? Before { get; init; }

    /// <summary>Where the sums over B's rows go, as C#; empty without them.</summary>
    public string BiasGradient { get; init; } = "";

    /// <summary>Whether there is but one matrix, so that more than the product can be computed with it.</summary>
    public bool IsOneMatrix => Outer == "1" && Inner == "1" && ExtraLoops.Count == 0;
}
