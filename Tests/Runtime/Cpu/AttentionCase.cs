using System;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>An attention to calculate, with its gradients: its sizes and how its operands lie.</summary>
/// <param name="Queries">T.</param>
/// <param name="Keys">S.</param>
/// <param name="Width">D.</param>
/// <param name="ValueWidth">Elements of a value.</param>
/// <param name="IsCausal">Whether later places are masked.</param>
/// <param name="HeadsInside">Operands lie as [outer, T, inner, D], as layers leave them, rather than head by head.</param>
public sealed record AttentionCase(int Queries, int Keys, int Width, int ValueWidth, bool IsCausal, bool HeadsInside)
{
    const int Outer = 2, Inner = 3;
    const double Error = 3e-6;
    const int Key0 = 12345, Key1 = -77, DrawNumber = 5;

    /// <summary>All heads of queries read one of keys.</summary>
    public bool SharesHeads { get; init; }

    /// <summary>Above 0: only places less than this far away are seen.</summary>
    public int Window { get; init; }

    /// <summary>How many keys there are, by outer place; null for all.</summary>
    public int[]? Lengths { get; init; }

    /// <summary>How many documents there are; 0 for no such thing.</summary>
    public int Documents { get; init; }

    /// <summary>Whether documents lie one behind the other.</summary>
    public bool AreDocumentsInOrder { get; init; }

    /// <summary>Which of two axes, of heads and of outer places, the bias has for its own: 0 to 3; -1 for no bias.</summary>
    public int BiasAxes { get; init; } = -1;

    /// <summary>Share of weights that are dropped.</summary>
    public float Dropout { get; init; }

    int KeyHeads => SharesHeads ? 1 : Inner;

    bool HasBias => BiasAxes >= 0;

    bool HasOwn(int axis) => HasBias && (BiasAxes & axis) != 0;

    int BiasCount => HasBias ? (HasOwn(1) ? Inner : 1) * (HasOwn(2) ? Outer : 1) * Queries * Keys : 1;

    AttentionShape Shape => new()
    {
        Outer = Outer, Inner = Inner, KeyHeads = SharesHeads ? 1 : 0, Queries = Queries, Keys = Keys, Width = Width,
        ValueWidth = ValueWidth, IsCausal = IsCausal, Window = Window, Scale = (float)(1 / Math.Sqrt(Width)),
    };

    /// <summary>Everything within the documented error of the same in double, with the same bits for any number of threads.</summary>
    public void Check()
    {
        using AttentionRun single = Run(Pools.One);
        CheckAgainstDouble(single);
        foreach (WorkerPool pool in new[] { Pools.Two, Pools.Four })
        {
            using AttentionRun shared = Run(pool);
            for (int i = 0; i < single.Results.Length; i++)
                Assert.True(single.Results[i].Bits.SequenceEqual(shared.Results[i].Bits), $"{this}: {pool.Threads} threads have other bits in {i}");
        }
    }

    /// <summary>What is not asked for is not needed for the rest.</summary>
    public unsafe void CheckParts()
    {
        using AttentionRun whole = Run(Pools.One);
        AttentionExtras extras = Extras(whole, default);
        using var alone = new FencedFloats(whole.Results[1].Count);
        FusedAttention.Forward(Pools.Two, Shape, Query(whole.Query), Key(whole.Key), Value(whole.Value), default, alone.Start, extras);
        Assert.True(whole.Results[1].Bits.SequenceEqual(alone.Bits), $"{this}: the sums alone have other bits");
        using var mixed = new FencedFloats(whole.Results[0].Count);
        FusedAttention.Forward(Pools.One, Shape, Query(whole.Query), Key(whole.Key), Value(whole.Value), Of(mixed, Inner, Queries, ValueWidth), null, extras);
        Assert.True(whole.Results[0].Bits.SequenceEqual(mixed.Bits), $"{this}: the result alone has other bits");
        for (int asked = 2; asked < (HasBias ? 6 : 5); asked++)
        {
            using var gradient = new FencedFloats(whole.Results[asked].Count);
            MatrixView none = default, to = asked == 2 ? Query(gradient) : asked == 3 ? Key(gradient) : asked == 4 ? Value(gradient) : none;
            FusedAttention.Backward(Pools.Two, Shape, Query(whole.Query), Key(whole.Key), Value(whole.Value), whole.Results[1].Start,
                Of(whole.DResult, Inner, Queries, ValueWidth), asked == 2 ? to : none, asked == 3 ? to : none, asked == 4 ? to : none,
                Extras(whole, asked == 5 ? Bias(gradient) : none));
            Assert.True(whole.Results[asked].Bits.SequenceEqual(gradient.Bits), $"{this}: gradient {asked - 2} alone has other bits");
        }
    }

    MatrixView Query(FencedFloats data) => Of(data, Inner, Queries, Width);

    MatrixView Key(FencedFloats data) => Of(data, KeyHeads, Keys, Width);

    MatrixView Value(FencedFloats data) => Of(data, KeyHeads, Keys, ValueWidth);

    unsafe MatrixView Of(FencedFloats data, int heads, int places, int width) => HeadsInside
        ? new(data.Start, (nint)places * heads * width, width, (nint)heads * width, 1)
        : new(data.Start, (nint)heads * places * width, (nint)places * width, width, 1);

    unsafe MatrixView Bias(FencedFloats data) => !HasBias ? default
        : new(data.Start, HasOwn(2) ? (HasOwn(1) ? Inner : 1) * Queries * Keys : 0, HasOwn(1) ? Queries * Keys : 0, Keys, 1);

    unsafe AttentionExtras Extras(AttentionRun run, MatrixView gradient) => new()
    {
        KeyLengths = Lengths is null ? null : run.Lengths, Documents = Documents == 0 ? null : run.Documents, Bias = Bias(run.Bias),
        BiasGradient = gradient, Dropout = Dropout, RandomKey0 = Key0, RandomKey1 = Key1, Draw = DrawNumber,
    };

    int Document(int outer, int t) => AreDocumentsInOrder ? t * Documents / Keys : (int)(((uint)(outer * 31 + t) * 2654435761u >> 8) % (uint)Documents);

    unsafe AttentionRun Run(WorkerPool pool)
    {
        const int Heads = Outer * Inner;
        int keyHeads = Outer * KeyHeads;
        var run = new AttentionRun(Outer, Keys)
        {
            Query = new(Draw.Reals(Heads * Queries * Width, 11)), Key = new(Draw.Reals(keyHeads * Keys * Width, 12)),
            Value = new(Draw.Reals(keyHeads * Keys * ValueWidth, 13)), DResult = new(Draw.Reals(Heads * Queries * ValueWidth, 14)),
            Bias = new(Draw.Reals(BiasCount, 15)),
            Results =
            [
                new(Heads * Queries * ValueWidth), new(Heads * Queries), new(Heads * Queries * Width), new(keyHeads * Keys * Width),
                new(keyHeads * Keys * ValueWidth), new(BiasCount),
            ],
        };
        for (int o = 0; o < Outer; o++)
        {
            if (Lengths is not null) run.Lengths[o] = Lengths[o];
            for (int t = 0; t < Keys && Documents > 0; t++) run.Documents[o * Keys + t] = Document(o, t);
        }
        FencedFloats[] r = run.Results;
        if (!HasBias) r[5].Span[0] = 0;
        FusedAttention.Forward(pool, Shape, Query(run.Query), Key(run.Key), Value(run.Value), Of(r[0], Inner, Queries, ValueWidth), r[1].Start,
            Extras(run, default));
        FusedAttention.Backward(pool, Shape, Query(run.Query), Key(run.Key), Value(run.Value), r[1].Start, Of(run.DResult, Inner, Queries, ValueWidth),
            Query(r[2]), Key(r[3]), Value(r[4]), Extras(run, Bias(r[5])));
        return run;
    }

    bool Sees(int outer, int t, int s) => (!IsCausal || s <= t) && (Window == 0 || Math.Abs(t - s) < Window)
        && (Lengths is null || s < Lengths[outer]) && (Documents == 0 || Document(outer, t) == Document(outer, s));

    unsafe void CheckAgainstDouble(AttentionRun run)
    {
        var dBias = new double[BiasCount];
        for (int keyHead = 0; keyHead < Outer * KeyHeads; keyHead++)
        {
            (var dk, var dv) = (new double[Keys, Width], new double[Keys, ValueWidth]);
            int group = Inner / KeyHeads;
            for (int g = 0; g < group; g++) CheckHead(run, keyHead * group + g, keyHead, dk, dv, dBias);
            Compare("dKey", dk, Key(run.Results[3]), keyHead / KeyHeads, keyHead % KeyHeads);
            Compare("dValue", dv, Value(run.Results[4]), keyHead / KeyHeads, keyHead % KeyHeads);
        }
        if (!HasBias) return;
        for (int i = 0; i < dBias.Length; i++) Assert.Equal(dBias[i], run.Results[5].Span[i], Error * 5);
    }

    unsafe void CheckHead(AttentionRun run, int head, int keyHead, double[,] dk, double[,] dv, double[] dBias)
    {
        (int outer, int inner) = (head / Inner, head % Inner);
        Func<int, int, double> Read(MatrixView view, int i) => (r, c) => view.Of(outer, i)[r * view.Row + c];
        (var q, var k, var v) = (Read(Query(run.Query), inner), Read(Key(run.Key), keyHead % KeyHeads), Read(Value(run.Value), keyHead % KeyHeads));
        var dy = Read(Of(run.DResult, Inner, Queries, ValueWidth), inner);
        int bias = ((HasOwn(2) ? outer : 0) * (HasOwn(1) ? Inner : 1) + (HasOwn(1) ? inner : 0)) * Queries * Keys;
        (var y, var dq) = (new double[Queries, ValueWidth], new double[Queries, Width]);
        for (int t = 0; t < Queries; t++)
        {
            (var p, var kept, var dp) = (new double[Keys], new double[Keys], new double[Keys]);
            double sum = 0, delta = 0;
            for (int s = 0; s < Keys; s++)
            {
                if (!Sees(outer, t, s)) continue;
                double score = HasBias ? run.Bias.Span[bias + t * Keys + s] : 0;
                for (int d = 0; d < Width; d++) score += q(t, d) * k(s, d) / Math.Sqrt(Width);
                sum += p[s] = Math.Exp(score);
                uint place = (uint)((head * Queries + t) * Keys + s);
                bool isKept = Dropout == 0 || Randomness.Uniform(place, unchecked((uint)Key0), unchecked((uint)Key1), DrawNumber) >= Dropout;
                kept[s] = isKept ? 1 / (1 - (double)Dropout) : 0;
            }
            Assert.Equal(sum == 0 ? 0 : Math.Log(sum), run.Results[1].Span[head * Queries + t], 1e-5);
            for (int s = 0; s < Keys && sum > 0; s++)
            {
                p[s] /= sum;
                for (int d = 0; d < ValueWidth; d++)
                {
                    y[t, d] += p[s] * kept[s] * v(s, d);
                    dp[s] += dy(t, d) * v(s, d) * kept[s];
                    dv[s, d] += p[s] * kept[s] * dy(t, d);
                }
                delta += p[s] * dp[s];
            }
            for (int s = 0; s < Keys; s++)
            {
                double ds = p[s] * (dp[s] - delta);
                if (HasBias) dBias[bias + t * Keys + s] += ds;
                for (int d = 0; d < Width; d++)
                {
                    dq[t, d] += ds / Math.Sqrt(Width) * k(s, d);
                    dk[s, d] += ds / Math.Sqrt(Width) * q(t, d);
                }
            }
        }
        Compare("result", y, Of(run.Results[0], Inner, Queries, ValueWidth), outer, inner);
        Compare("dQuery", dq, Query(run.Results[2]), outer, inner);
    }

    /// <summary>Draws lie within [-1, 1], so an error relative to that is not one of what cancels.</summary>
    unsafe void Compare(string what, double[,] expected, MatrixView view, int outer, int inner)
    {
        double scale = 1;
        foreach (double x in expected) scale = Math.Max(scale, Math.Abs(x));
        for (int r = 0; r < expected.GetLength(0); r++)
            for (int c = 0; c < expected.GetLength(1); c++)
            {
                float actual = view.Of(outer, inner)[r * view.Row + c];
                if (!(Math.Abs(actual - expected[r, c]) <= Error * scale)) Assert.Fail($"{this}: {what}[{r}, {c}] of head {outer}, {inner} is {actual}, not {expected[r, c]}");
            }
    }
}
