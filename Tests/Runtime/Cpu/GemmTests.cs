using System;
using System.Linq;
using CsCheck;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Matrix products against a double loop, which each case also asks for with 1, 2 and 4 threads.</summary>
public sealed class GemmTests
{
    /// <summary>Around the sizes of tiles, panels, blocks and chunks.</summary>
    static readonly int[] Edges = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 24, 25, 31, 32, 33, 63, 64, 65, 95, 96, 97, 127, 128, 129, 143, 144, 145];

    /// <summary>Fewer where there are no vector instructions: a product then takes fifty times as long.</summary>
    static readonly int Draws = ProcessorLevelTests.Current == ProcessorLevel.Scalar ? 40 : 250;

    static readonly OperandLayout[] Layouts = Enum.GetValues<OperandLayout>();

    static readonly Gen<GemmCase> Cases =
        from outer in Gen.Int[1, 3]
        from inner in Gen.Int[1, 3]
        from m in Gen.OneOf(Gen.Int[0, Edges.Length - 1].Select(i => Edges[i]), Gen.Int[1, 40])
        from n in Gen.OneOf(Gen.Int[0, Edges.Length - 1].Select(i => Edges[i]), Gen.Int[1, 40])
        from k in Gen.OneOf(Gen.Int[0, Edges.Length - 1].Select(i => Edges[i]), Gen.Int[1, 100])
        from a in Gen.Enum<OperandLayout>()
        from b in Gen.Enum<OperandLayout>()
        from padding in Gen.Int[0, 3]
        where (long)outer * inner * m * n * k < 400_000
        select new GemmCase(outer, inner, m, n, k, a, b, padding);

    public static TheoryData<OperandLayout, OperandLayout> AllLayouts => [.. Layouts.SelectMany(a => Layouts.Select(b => (a, b)))];

    /// <summary>Sizes at which something is cut: deep sums, several blocks of rows, several chunks of columns, few rows on many columns.</summary>
    public static TheoryData<int, int, int> LargeSizes =>
    [
        (1, 1100, 3), (3, 700, 65), (13, 513, 7), (145, 130, 20), (289, 33, 17), (5, 40, 385), (20, 20, 800), (4, 200, 500), (5, 200, 500), (24, 520, 40),
        (1, 200, 700), (7, 300, 450), (16, 521, 260), (12, 600, 225),
    ];

    [Theory]
    [MemberData(nameof(AllLayouts))]
    public void EveryPairOfLayouts_IsWithinTheDocumentedError(OperandLayout a, OperandLayout b)
    {
        new GemmCase(2, 3, 13, 37, 19, a, b).Check();
        new GemmCase(2, 2, 3, 70, 70, a, b, Padding: 1).Check();
    }

    [Theory]
    [MemberData(nameof(LargeSizes))]
    public void SizesThatAreCut_AreWithinTheDocumentedError(int m, int n, int k)
    {
        foreach (OperandLayout b in new[] { OperandLayout.RowMajor, OperandLayout.Transposed })
            new GemmCase(1, 1, m, n, k, OperandLayout.RowMajor, b).Check();
        new GemmCase(1, 1, m, n, k, OperandLayout.Transposed, OperandLayout.RowMajor, Padding: 3).Check();
    }

    [Fact]
    public void AnySizesAndLayouts_AreWithinTheDocumentedError() => Cases.Sample(c => c.Check(), iter: Draws, threads: 1);

    [Fact]
    public void Epilogue_SeesEveryFinishedElementOnce() => Cases.Sample(c => c.CheckEpilogue(), iter: Draws / 2, threads: 1);

    [Theory]
    [MemberData(nameof(LargeSizes))]
    public void Epilogue_SeesEveryElementOnceWhereTheProductIsCut(int m, int n, int k) =>
        new GemmCase(1, 1, m, n, k, OperandLayout.RowMajor, OperandLayout.Transposed).CheckEpilogue();

    [Fact]
    public void EmptySums_AreZeroAndStillGetTheirEpilogue() =>
        new GemmCase(2, 1, 9, 70, 0, OperandLayout.SharedByAll, OperandLayout.SharedByAll).CheckEpilogue();

    [Fact]
    public unsafe void EmptySums_ReplaceWhatWasThere()
    {
        using var c = new FencedFloats(9 * 70);
        Gemm.Multiply(Pools.Two, 1, 1, 9, 70, 0, default, default, new MatrixView(c.Start, 0, 0, 70, 1), default(NoEpilogue));
        Assert.All(c.Span.ToArray(), x => Assert.Equal(0f, x));
    }

    [Fact]
    public unsafe void EmptyResults_AreLeftAlone()
    {
        using var c = new FencedFloats(4);
        foreach ((int outer, int m, int n) in new[] { (0, 2, 2), (1, 0, 2), (1, 2, 0) })
            Gemm.Multiply(Pools.Two, outer, 1, m, n, 3, default, default, new MatrixView(c.Start, 4, 4, 2, 1), default(NoEpilogue));
        Assert.All(c.Span.ToArray(), x => Assert.True(FencedFloats.IsUntouched(x)));
    }

    [Fact]
    public unsafe void NotANumber_ReachesItsRowAndColumnAlone()
    {
        const int Size = 40;
        using var a = new FencedFloats(Enumerable.Repeat(1f, Size * Size).ToArray());
        using var b = new FencedFloats(Enumerable.Repeat(1f, Size * Size).ToArray());
        using var c = new FencedFloats(Size * Size);
        a.Span[17 * Size + 3] = float.NaN;
        b.Span[5 * Size + 29] = float.PositiveInfinity;
        Gemm.Multiply(Pools.One, 1, 1, Size, Size, Size, new(a.Start, 0, 0, Size, 1), new(b.Start, 0, 0, Size, 1), new(c.Start, 0, 0, Size, 1), default(NoEpilogue));
        for (int i = 0; i < Size * Size; i++)
            Assert.Equal(i / Size == 17 ? float.NaN : i % Size == 29 ? float.PositiveInfinity : Size, c.Span[i]);
    }

    [Fact]
    public unsafe void StridedRowsOfTheResult_AreRefusedWithTheStride()
    {
        using var memory = new FencedFloats(16);
        var view = new MatrixView(memory.Start, 0, 0, 1, 2);
        ArgumentException error = Assert.Throws<ArgumentException>(() => Gemm.Multiply(Pools.One, 1, 1, 2, 2, 2, view, view, view, default(NoEpilogue)));
        Assert.Contains("elements of a row of C are 2 apart", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void Products_AllocateNothing()
    {
        using var pool = new WorkerPool(4);
        var product = new GemmCase(1, 1, 150, 150, 150, OperandLayout.RowMajor, OperandLayout.RowMajor);
        using var a = new GemmOperand(product.A, 1, 1, 150, 150, stream: 1);
        using var c = new FencedFloats(150 * 150);
        var view = new MatrixView(c.Start, 0, 0, 150, 1);
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread() + pool.AllocatedBytes;
            for (int i = 0; i < 200; i++) Gemm.Multiply(pool, 1, 1, 150, 150, 150, a.View, a.View, view, default(NoEpilogue));
            return GC.GetAllocatedBytesForCurrentThread() + pool.AllocatedBytes - before;
        }));
    }
}
