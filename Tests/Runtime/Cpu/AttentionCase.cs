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

    int Visible(int t) => IsCausal ? t + 1 : Keys;

    AttentionShape Shape => new()
    {
        Outer = Outer, Inner = Inner, Queries = Queries, Keys = Keys, Width = Width, ValueWidth = ValueWidth,
        IsCausal = IsCausal, Scale = (float)(1 / Math.Sqrt(Width)),
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
        using var alone = new FencedFloats(whole.Results[1].Count);
        FusedAttention.Forward(Pools.Two, Shape, Query(whole.Query), Key(whole.Key), Value(whole.Value), default, alone.Start);
        Assert.True(whole.Results[1].Bits.SequenceEqual(alone.Bits), $"{this}: the sums alone have other bits");
        using var mixed = new FencedFloats(whole.Results[0].Count);
        FusedAttention.Forward(Pools.One, Shape, Query(whole.Query), Key(whole.Key), Value(whole.Value), Of(mixed, Queries, ValueWidth), null);
        Assert.True(whole.Results[0].Bits.SequenceEqual(mixed.Bits), $"{this}: the result alone has other bits");
        for (int asked = 2; asked < 5; asked++)
        {
            using var gradient = new FencedFloats(whole.Results[asked].Count);
            MatrixView to = Of(gradient, asked == 2 ? Queries : Keys, asked == 4 ? ValueWidth : Width), none = default;
            FusedAttention.Backward(Pools.Two, Shape, Query(whole.Query), Key(whole.Key), Value(whole.Value), whole.Results[1].Start,
                Of(whole.DResult, Queries, ValueWidth), asked == 2 ? to : none, asked == 3 ? to : none, asked == 4 ? to : none);
            Assert.True(whole.Results[asked].Bits.SequenceEqual(gradient.Bits), $"{this}: gradient {asked - 2} alone has other bits");
        }
    }

    MatrixView Query(FencedFloats data) => Of(data, Queries, Width);

    MatrixView Key(FencedFloats data) => Of(data, Keys, Width);

    MatrixView Value(FencedFloats data) => Of(data, Keys, ValueWidth);

    unsafe MatrixView Of(FencedFloats data, int places, int width) => HeadsInside
        ? new(data.Start, (nint)places * Inner * width, width, (nint)Inner * width, 1)
        : new(data.Start, (nint)Inner * places * width, (nint)places * width, width, 1);

    unsafe AttentionRun Run(WorkerPool pool)
    {
        const int Heads = Outer * Inner;
        var run = new AttentionRun
        {
            Query = new(Draw.Reals(Heads * Queries * Width, 11)), Key = new(Draw.Reals(Heads * Keys * Width, 12)),
            Value = new(Draw.Reals(Heads * Keys * ValueWidth, 13)), DResult = new(Draw.Reals(Heads * Queries * ValueWidth, 14)),
            Results =
            [
                new(Heads * Queries * ValueWidth), new(Heads * Queries), new(Heads * Queries * Width), new(Heads * Keys * Width),
                new(Heads * Keys * ValueWidth),
            ],
        };
        FencedFloats[] r = run.Results;
        FusedAttention.Forward(pool, Shape, Query(run.Query), Key(run.Key), Value(run.Value), Of(r[0], Queries, ValueWidth), r[1].Start);
        FusedAttention.Backward(pool, Shape, Query(run.Query), Key(run.Key), Value(run.Value), r[1].Start, Of(run.DResult, Queries, ValueWidth),
            Query(r[2]), Key(r[3]), Value(r[4]));
        return run;
    }

    unsafe void CheckAgainstDouble(AttentionRun run)
    {
        for (int head = 0; head < Outer * Inner; head++)
        {
            Func<int, int, double> Read(MatrixView view) => (r, c) => view.Of(head / Inner, head % Inner)[r * view.Row + c];
            (var q, var k, var v) = (Read(Query(run.Query)), Read(Key(run.Key)), Read(Value(run.Value)));
            var dy = Read(Of(run.DResult, Queries, ValueWidth));
            (var y, var dq, var dk, var dv) = (new double[Queries, ValueWidth], new double[Queries, Width], new double[Keys, Width], new double[Keys, ValueWidth]);
            for (int t = 0; t < Queries; t++)
            {
                var p = new double[Visible(t)];
                var dp = new double[p.Length];
                for (int s = 0; s < p.Length; s++)
                    for (int d = 0; d < Width; d++) p[s] += q(t, d) * k(s, d) / Math.Sqrt(Width);
                double sum = 0, delta = 0;
                for (int s = 0; s < p.Length; s++) sum += p[s] = Math.Exp(p[s]);
                Assert.Equal(Math.Log(sum), run.Results[1].Span[head * Queries + t], 1e-5);
                for (int s = 0; s < p.Length; s++)
                {
                    p[s] /= sum;
                    for (int d = 0; d < ValueWidth; d++)
                    {
                        y[t, d] += p[s] * v(s, d);
                        dp[s] += dy(t, d) * v(s, d);
                        dv[s, d] += p[s] * dy(t, d);
                    }
                    delta += p[s] * dp[s];
                }
                for (int s = 0; s < p.Length; s++)
                    for (int d = 0; d < Width; d++)
                    {
                        double ds = p[s] * (dp[s] - delta) / Math.Sqrt(Width);
                        dq[t, d] += ds * k(s, d);
                        dk[s, d] += ds * q(t, d);
                    }
            }
            Compare("result", y, Of(run.Results[0], Queries, ValueWidth), head);
            Compare("dQuery", dq, Query(run.Results[2]), head);
            Compare("dKey", dk, Key(run.Results[3]), head);
            Compare("dValue", dv, Value(run.Results[4]), head);
        }
    }

    /// <summary>Draws lie within [-1, 1], so an error relative to that is not one of what cancels.</summary>
    unsafe void Compare(string what, double[,] expected, MatrixView view, int head)
    {
        double scale = 1;
        foreach (double x in expected) scale = Math.Max(scale, Math.Abs(x));
        for (int r = 0; r < expected.GetLength(0); r++)
            for (int c = 0; c < expected.GetLength(1); c++)
            {
                float actual = view.Of(head / Inner, head % Inner)[r * view.Row + c];
                if (!(Math.Abs(actual - expected[r, c]) <= Error * scale)) Assert.Fail($"{this}: {what}[{r}, {c}] of head {head} is {actual}, not {expected[r, c]}");
            }
    }
}
