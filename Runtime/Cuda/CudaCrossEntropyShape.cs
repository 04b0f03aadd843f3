using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Sizes and kind of a cross-entropy.</summary>
/// <example><code>
/// var shape = new CudaCrossEntropyShape { Type = CudaDataType.BFloat16, Rows = n, Columns = 50257, Padded = 50304 };
/// </code></example>
public readonly record struct CudaCrossEntropyShape
{
    /// <summary>Takes defaults: no padding, and -100 is ignored.</summary>
    public CudaCrossEntropyShape()
    {
    }

    /// <summary>Of the logits: bf16, f16 or fp32.</summary>
    public required CudaDataType Type { get; init; }

    /// <summary>Rows of logits.</summary>
    public required int Rows { get; init; }

    /// <summary>Classes.</summary>
    public required int Columns { get; init; }

    /// <summary>Columns of the logits, of which those behind the classes are padding; 0 for as many as classes.
    /// </summary>
    public int Padded { get; init; }

    /// <summary>Elements from row to row; 0 for rows without gaps.</summary>
    public long RowStride { get; init; }

    /// <summary>Rows with this label have no loss and no gradient.</summary>
    public int IgnoredLabel { get; init; } = -100;

    internal int PaddedColumns => Padded == 0 ? Columns : Padded;

    internal void Check()
    {
        if (Type is not (CudaDataType.Float32 or CudaDataType.BFloat16 or CudaDataType.Float16))
            throw new ArgumentException($"Logits are bf16, f16 or fp32, not {Type}.");
        if (Rows < 1 || Columns < 1) throw new ArgumentException($"There are no logits: [{Rows}, {Columns}].");
        if (PaddedColumns < Columns || (RowStride != 0 && RowStride < PaddedColumns))
        {
            throw new ArgumentException(
                $"{Columns} classes do not fit {PaddedColumns} columns of rows that are {RowStride} apart.");
        }
        // Threads walk over a row in steps of 512 pieces.
        if (PaddedColumns > int.MaxValue - 8192) throw new ArgumentException($"{PaddedColumns} columns are too many.");
    }
}
