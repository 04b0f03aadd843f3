using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Where the elements of a batch of matrices lie on the device: element (r, c) of matrix (o, i) is at
/// <c>o · Outer + i · Inner + r · Row + c · Column</c>, in elements, as in <see cref="MatrixView"/>.</summary>
/// <param name="Data">Address of the first element of the first matrix.</param>
/// <param name="Type">Of the elements: fp32, bf16 or f16.</param>
/// <param name="Outer">Elements from one matrix to the next along the outer batch axis; 0 where all are the same.
/// </param>
/// <param name="Inner">Elements from one matrix to the next along the inner batch axis.</param>
/// <param name="Row">Elements from one row to the next.</param>
/// <param name="Column">Elements from one column to the next.</param>
public readonly record struct CudaMatrix(ulong Data, CudaDataType Type, long Outer, long Inner, long Row, long Column);
