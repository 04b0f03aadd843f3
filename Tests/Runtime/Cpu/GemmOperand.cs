using System;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>A batch of matrices in some layout, with NaN wherever no element is.</summary>
public sealed unsafe class GemmOperand : IDisposable
{
    readonly FencedFloats memory;

    public GemmOperand(OperandLayout layout, int outer, int inner, int rows, int columns, uint stream)
    {
        int matrix = rows * columns;
        (int outerStride, int innerStride, int row, int column, int first) = layout switch
        {
            OperandLayout.RowMajor => (inner * matrix, matrix, columns, 1, 0),
            OperandLayout.Transposed => (inner * matrix, matrix, 1, rows, 0),
            OperandLayout.PaddedRows => (inner * rows * (columns + 5), rows * (columns + 5), columns + 5, 1, 0),
            OperandLayout.SideBySide => (inner * matrix, columns, inner * columns, 1, 0),
            OperandLayout.SideBySideTransposed => (inner * matrix, rows, 1, inner * rows, 0),
            OperandLayout.Sparse => (inner * rows * (3 * columns + 1), rows * (3 * columns + 1), 3 * columns + 1, 3, 0),
            OperandLayout.Reversed => (inner * matrix, matrix, -columns, 1, Math.Max(0, rows - 1) * columns),
            OperandLayout.SharedByInner => (matrix, 0, columns, 1, 0),
            OperandLayout.SharedByAll => (0, 0, columns, 1, 0),
            OperandLayout.OneNumber => (inner, 1, 0, 0, 0),
            _ => throw new ArgumentOutOfRangeException(nameof(layout)),
        };
        int last = first + (outer - 1) * outerStride + (inner - 1) * innerStride + Math.Max(0, (rows - 1) * row) + (columns - 1) * column;
        memory = new FencedFloats(Math.Max(0, last) + 1);
        View = new MatrixView(memory.Start + first, outerStride, innerStride, row, column);
        float[] numbers = Draw.Reals(memory.Count, stream);
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
                for (int r = 0; r < rows; r++)
                    for (int c = 0; c < columns; c++)
                    {
                        float* element = View.Of(o, i) + r * View.Row + c * View.Column;
                        *element = numbers[element - memory.Start];
                    }
    }

    public MatrixView View { get; }

    public void Dispose() => memory.Dispose();
}
