using System;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Where the elements of a batch of matrices lie: element (r, c) of matrix (o, i) is at
/// <c>Data[o * Outer + i * Inner + r * Row + c * Column]</c>. A transpose is a swap of <see cref="Row"/> and
/// <see cref="Column"/>, a matrix shared by the whole batch has batch strides of 0.
/// </summary>
public unsafe struct MatrixView
{
    /// <summary>The first element of the first matrix.</summary>
    public float* Data;

    /// <summary>How elements are stored, and read by a product; strides count elements whatever it is.</summary>
    public MatrixType Type;

    /// <summary>The first element, where elements are bf16.</summary>
    public BFloat16* BFloat16Data
    {
        init
        {
            Data = (float*)value;
            Type = MatrixType.BFloat16;
        }
    }

    /// <summary>The first element, where elements are IEEE binary16.</summary>
    public Half* Float16Data
    {
        init
        {
            Data = (float*)value;
            Type = MatrixType.Float16;
        }
    }

    /// <summary>The first element, where products round elements to 10 bits of mantissa.</summary>
    public float* TensorFloat32Data
    {
        init
        {
            Data = value;
            Type = MatrixType.TensorFloat32;
        }
    }

    /// <summary>The first element, where elements are multiples in 8 bits by <see cref="Scale"/>.</summary>
    public Float8E4M3* Float8E4M3Data
    {
        init
        {
            Data = (float*)value;
            Type = MatrixType.Float8E4M3;
        }
    }

    /// <summary>The first element, where elements are multiples in 8 bits by <see cref="Scale"/>.</summary>
    public Float8E5M2* Float8E5M2Data
    {
        init
        {
            Data = (float*)value;
            Type = MatrixType.Float8E5M2;
        }
    }

    /// <summary>Of elements in 8 bits: what they were multiplied by; null for 1.</summary>
    public float* Scale;

    /// <summary>Elements from one matrix to the next along the outer batch axis.</summary>
    public nint Outer;

    /// <summary>Elements from one matrix to the next along the inner batch axis.</summary>
    public nint Inner;

    /// <summary>Elements from one row to the next.</summary>
    public nint Row;

    /// <summary>Elements from one column to the next.</summary>
    public nint Column;

    /// <summary>A view of memory that stays where it is while the view is used.</summary>
    /// <param name="data">The first element of the first matrix; fp32.</param>
    /// <param name="outer">Stride of the outer batch axis, in elements.</param>
    /// <param name="inner">Stride of the inner batch axis, in elements.</param>
    /// <param name="row">Stride of the rows, in elements.</param>
    /// <param name="column">Stride of the columns, in elements.</param>
    public MatrixView(float* data, nint outer, nint inner, nint row, nint column)
    {
        Data = data;
        (Outer, Inner, Row, Column) = (outer, inner, row, column);
    }

    /// <summary>The first element of one matrix of the batch.</summary>
    /// <param name="outer">Index of the outer batch axis.</param>
    /// <param name="inner">Index of the inner batch axis.</param>
    public readonly float* Of(int outer, int inner) => Data + outer * Outer + inner * Inner;

    /// <summary>Bytes of an element.</summary>
    internal readonly int Size => Type switch
    {
        MatrixType.BFloat16 or MatrixType.Float16 => 2,
        MatrixType.Float8E4M3 or MatrixType.Float8E5M2 => 1,
        _ => 4,
    };

    /// <summary>The first element of one matrix of the batch, whatever its type.</summary>
    internal readonly byte* Bytes(int outer, int inner) => (byte*)Data + (outer * Outer + inner * Inner) * Size;
}
