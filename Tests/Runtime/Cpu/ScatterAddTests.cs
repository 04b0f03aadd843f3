using System;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Sums of rows that meet in one row of a table: the gradient of a gather.</summary>
public sealed unsafe class ScatterAddTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(50, 63, 3)]
    [InlineData(200, 64, 5)]
    [InlineData(333, 130, 40)]
    [InlineData(700, 401, 2)]
    [InlineData(0, 70, 4)]
    public void Sums_AreInTheOrderOfTheRowsForAnyNumberOfThreads(int count, int width, int height)
    {
        int[] rows = Draw.Tokens(count, height);
        using var values = new FencedFloats(Draw.Reals(count * width));
        // The same additions one after the other in fp32: only this order has these bits.
        var expected = new float[height * width];
        for (int i = 0; i < count; i++)
            for (int j = 0; j < width; j++) expected[rows[i] * width + j] += values.Span[i * width + j];
        foreach (WorkerPool pool in Pools.All)
            fixed (int* first = rows)
                for (int repeat = 0; repeat < 5; repeat++)
                {
                    using var result = new FencedFloats(height * width);
                    Rows.ScatterAdd(pool, values.Start, first, result.Start, count, width, height);
                    Assert.True(result.Span.SequenceEqual(expected), $"{count} rows of {width} into {height}, {pool.Threads} threads");
                }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void RowsOutsideTheResult_AreRefusedWithTheirPlace(int wrong)
    {
        int[] rows = [0, 5, wrong, 2];
        using var pool = new WorkerPool(2);
        using var values = new FencedFloats(Draw.Reals(4 * 300));
        using var result = new FencedFloats(6 * 300);
        fixed (int* first = rows)
        {
            nint start = (nint)first;
            ArgumentOutOfRangeException error =
                Assert.Throws<ArgumentOutOfRangeException>(() => Rows.ScatterAdd(pool, values.Start, (int*)start, result.Start, 4, 300, 6));
            Assert.Equal("rows", error.ParamName);
            Assert.Contains($"row 2 of 4 is to be added to row {wrong} of the result, which has rows 0 to 5", error.Message, StringComparison.Ordinal);
        }
    }
}
