using System;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Routines that move whole rows, at odd lengths and around the 16,384 elements of a work item, by 1, 2 and 4 threads.</summary>
public sealed unsafe class RowsTests
{
    public static TheoryData<int, int, int> RowsAndWidths =>
        [(1, 1, 1), (3, 7, 5), (40, 17, 33), (1, 16_384, 3), (5, 16_385, 2), (2, 40_000, 7), (900, 63, 11)];

    [Theory]
    [MemberData(nameof(RowsAndWidths))]
    public void Gather_CopiesTheNamedRows(int count, int width, int height)
    {
        int[] rows = Draw.Tokens(count, height);
        using var table = new FencedFloats(Draw.Reals(height * width));
        float[] expected = [.. rows.SelectMany(r => table.Span.Slice(r * width, width).ToArray())];
        foreach (WorkerPool pool in Pools.All)
            fixed (int* first = rows)
            {
                using var result = new FencedFloats(count * width);
                Rows.Gather(pool, table.Start, first, result.Start, count, width);
                Assert.True(result.Span.SequenceEqual(expected));
                result.Span.Clear();
                Rows.Gather(pool, table.Integers, first, result.Integers, count, width);
                Assert.True(result.Span.SequenceEqual(expected));
            }
    }

    [Theory]
    [MemberData(nameof(RowsAndWidths))]
    public void Pad_PutsZerosAroundEveryRow(int outer, int length, int start)
    {
        foreach ((int before, int after) in new[] { (0, 0), (start, 0), (0, start), (start, 17_000) })
        {
            int total = before + length + after;
            using var from = new FencedFloats(Draw.Reals(outer * length));
            var expected = new float[outer * total];
            for (int o = 0; o < outer; o++) from.Span.Slice(o * length, length).CopyTo(expected.AsSpan(o * total + before));
            foreach (WorkerPool pool in Pools.All)
            {
                using var result = new FencedFloats(outer * total);
                Rows.Pad(pool, from.Start, result.Start, outer, length, before, total);
                Assert.True(result.Span.SequenceEqual(expected), $"{outer} rows of {length} at {before} of {total}");
                result.Span.Fill(float.NaN);
                Rows.Pad(pool, from.Integers, result.Integers, outer, length, before, total);
                Assert.True(result.Span.SequenceEqual(expected));
            }
        }
    }

    [Theory]
    [MemberData(nameof(RowsAndWidths))]
    public void Insert_WritesItsPartOfEveryRowAlone(int outer, int length, int start)
    {
        int total = start + length + 3;
        using var from = new FencedFloats(Draw.Reals(outer * length));
        foreach (WorkerPool pool in Pools.All)
        {
            using var result = new FencedFloats(outer * total);
            Rows.Insert(pool, from.Start, result.Start, outer, length, start, total);
            for (int o = 0; o < outer; o++)
            {
                Span<float> row = result.Span.Slice(o * total, total);
                Assert.True(row.Slice(start, length).SequenceEqual(from.Span.Slice(o * length, length)));
                Assert.DoesNotContain([.. row[..start], .. row[(start + length)..]], x => !FencedFloats.IsUntouched(x));
            }
        }
    }

    [Theory]
    [InlineData(5, 0, 1)]
    [InlineData(5, 2, 3)]
    [InlineData(20_000, 1, 2)]
    public void Place_WritesOneSliceAndZerosElsewhere(int size, int index, int count)
    {
        using var from = new FencedFloats(Draw.Reals(size));
        float[] expected = new float[size * count];
        from.Span.CopyTo(expected.AsSpan(index * size));
        foreach (WorkerPool pool in Pools.All)
        {
            using var result = new FencedFloats(size * count);
            Rows.Place(pool, from.Start, result.Start, size, index, count);
            Assert.True(result.Span.SequenceEqual(expected));
            result.Span.Fill(float.NaN);
            Rows.Place(pool, from.Integers, result.Integers, size, index, count);
            Assert.True(result.Span.SequenceEqual(expected));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(100_003)]
    public void Copy_CopiesAll(int size)
    {
        using var from = new FencedFloats(Draw.Reals(size));
        foreach (WorkerPool pool in Pools.All)
        {
            using var to = new FencedFloats(size);
            Rows.Copy(pool, from.Start, to.Start, size);
            Rows.Copy(pool, to.Start, to.Start, size);
            Assert.True(to.Span.SequenceEqual(from.Span));
            to.Span.Clear();
            Rows.Copy(pool, from.Integers, to.Integers, size);
            Assert.True(to.Span.SequenceEqual(from.Span));
        }
    }
}
