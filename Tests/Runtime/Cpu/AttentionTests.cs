using System.Linq;
using CsCheck;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Attention and its gradients against loops in double, by 1, 2 and 4 threads.</summary>
public sealed class AttentionTests
{
    /// <summary>Around the sizes of tiles, vectors, panels and blocks of queries.</summary>
    static readonly int[] Edges = [1, 2, 5, 11, 12, 13, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 65, 96, 97, 130];

    static readonly int Draws = ProcessorLevelTests.Current == ProcessorLevel.Scalar ? 15 : 80;

    static readonly Gen<AttentionCase> Cases =
        from queries in OneOf(Edges)
        from keys in OneOf(Edges)
        from width in OneOf(1, 5, 8, 16, 31, 32, 33, 64, 70)
        from values in OneOf(1, 3, 8, 17, 32, 40, 64)
        from isCausal in Gen.Bool
        from isInside in Gen.Bool
        select new AttentionCase(queries, isCausal ? queries : keys, width, values, isCausal, isInside);

    /// <summary>With what an attention may have besides, each in half of the cases.</summary>
    static readonly Gen<AttentionCase> Forms =
        from plain in Cases
        from parts in Gen.Int[0, 31]
        from window in Gen.Int[1, 60]
        from lengths in Gen.Int[-1, 100].Array[2]
        from documents in Gen.Int[1, 5]
        from bias in Gen.Int[-1, 3]
        from dropout in OneOf(0, 0, 1, 5)
        select plain with
        {
            Keys = (parts & 4) != 0 ? plain.Queries : plain.Keys, SharesHeads = (parts & 1) != 0, Window = (parts & 2) != 0 ? window : 0,
            Documents = (parts & 4) != 0 ? documents : 0, AreDocumentsInOrder = (parts & 8) != 0, Lengths = (parts & 16) != 0 ? lengths : null,
            BiasAxes = bias, Dropout = dropout / 8f,
        };

    static Gen<int> OneOf(params int[] lengths) => Gen.Int[0, lengths.Length - 1].Select(i => lengths[i]);

    [Fact]
    public void AnySizes_AreWithinTheDocumentedError() => Cases.Sample(c => c.Check(), iter: Draws, threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ManyBlocksOfQueries_AreWithinTheDocumentedError(bool isCausal) => new AttentionCase(300, 300, 16, 16, isCausal, true).Check();

    [Fact]
    public void AnyForm_IsWithinTheDocumentedError() => Forms.Sample(c => c.Check(), iter: Draws * 3 / 2, threads: 1);

    [Theory]
    [InlineData(true, 0, 0)]
    [InlineData(true, 30, 0)]
    [InlineData(false, 30, 0)]
    [InlineData(true, 0, 4)]
    [InlineData(false, 100, 3)]
    public void ManyBlocksOfFewHeads_AreWithinTheDocumentedError(bool isCausal, int window, int documents) =>
        new AttentionCase(500, 500, 8, 8, isCausal, true) { SharesHeads = true, Window = window, Documents = documents, AreDocumentsInOrder = true }.Check();

    [Fact]
    public void PartsAlone_HaveTheSameBits() => Forms.Sample(c => c.CheckParts(), iter: Draws / 4, threads: 1);

    /// <summary>As a factor of 0 meets ∞ in the operator's formula; a masked score itself counts for nothing.</summary>
    [Fact]
    public unsafe void MaskedValueOfNaN_ReachesEveryPlaceAndAMaskedKeyNone()
    {
        const int Places = 60, Width = 4;
        var shape = new AttentionShape { Outer = 1, Inner = 1, Queries = Places, Keys = Places, Width = Width, ValueWidth = Width, IsCausal = true, Scale = 0.5f };
        using var x = new FencedFloats(Draw.Reals(Places * Width));
        using var special = new FencedFloats(Draw.Reals(Places * Width, 11));
        using var y = new FencedFloats(Places * Width);
        special.Span[55 * Width + 2] = float.NaN;
        MatrixView plain = new(x.Start, 0, 0, Width, 1), odd = new(special.Start, 0, 0, Width, 1), to = new(y.Start, 0, 0, Width, 1);
        FusedAttention.Forward(Pools.Two, shape, plain, plain, odd, to, null);
        Assert.All(Enumerable.Range(0, Places * Width), i => Assert.Equal(i % Width == 2, float.IsNaN(y.Span[i])));
        FusedAttention.Forward(Pools.Two, shape, plain, odd, plain, to, null);
        Assert.All(Enumerable.Range(0, Places * Width), i => Assert.Equal(i / Width >= 55, float.IsNaN(y.Span[i])));
    }
}
