using System.Collections.Generic;

namespace ModelCompiler.Lowering;

/// <summary>Launches a generated kernel.</summary>
/// <param name="Source">As of every statement.</param>
/// <param name="Notes">As of every statement.</param>
/// <param name="Kernel">What runs.</param>
/// <param name="Arguments">In the order of its parameters.</param>
/// <param name="Blocks">Of the grid, as C#: along x, or along x, y and z.</param>
/// <param name="Threads">Of a block.</param>
sealed record CudaLaunch(string Source, IReadOnlyList<string> Notes, CpuKernel Kernel,
    IReadOnlyList<Argument> Arguments, string Blocks, int Threads) : Statement(Source, Notes);

/// <summary>Launches a reduction over rows, and what combines the parts of its results.</summary>
sealed record CudaColumnLaunch(string Source, IReadOnlyList<string> Notes, CpuKernel Kernel,
    IReadOnlyList<Argument> Arguments, CudaColumns Shape) : Statement(Source, Notes);

/// <summary>A product by cuBLASLt.</summary>
sealed record CudaMultiply(string Source, IReadOnlyList<string> Notes, string Outer, string Inner, string M, string N,
    string K, MatrixOperand A, MatrixOperand B, MatrixOperand C, IReadOnlyList<string> ExtraLoops)
    : Statement(Source, Notes);
