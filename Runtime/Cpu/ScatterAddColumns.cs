using System;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Item b owns columns b · block and following of the result [height, width]: it clears them, then adds the values
/// [count, width] in order.
/// </summary>
readonly unsafe struct ScatterAddColumns(float* values, int* rows, float* result, long count, long width, long height,
    int block) : IWork
{
    readonly float* values = values, result = result;
    readonly int* rows = rows;
    readonly long count = count, width = width, height = height;
    readonly int block = block;

    public void Run(int first, int last)
    {
        long from = (long)first * block, columns = Math.Min(width, (long)last * block) - from;
        if (columns == width) Rows.Clear(result, height * width);
        else
        {
            for (long row = 0; row < height; row++) Rows.Clear(result + row * width + from, columns);
        }
        for (long i = 0; i < count; i++)
        {
            int row = rows[i];
            if ((uint)row >= height) throw OutOfRange(i, row);
            Add(values + i * width + from, result + row * width + from, columns);
        }
    }

    static void Add(float* value, float* sum, long columns)
    {
        long j = 0;
        for (; j + 16 <= columns; j += 16) (Vector512.Load(sum + j) + Vector512.Load(value + j)).Store(sum + j);
        for (; j < columns; j++) sum[j] += value[j];
    }

    ArgumentOutOfRangeException OutOfRange(long index, int row) => new("rows", row,
        $"ScatterAdd: row {index} of {count} is to be added to row {row} of the result, which has rows 0 to " +
            $"{height - 1}. " +
        "Check the indices, or give the table more rows.");
}
