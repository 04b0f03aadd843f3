using System;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>A product to calculate: its sizes and how its operands lie.</summary>
/// <param name="Outer">Length of the outer batch axis.</param>
/// <param name="Inner">Length of the inner batch axis.</param>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">Length of the sums.</param>
/// <param name="A">Layout of [M, K].</param>
/// <param name="B">Layout of [K, N].</param>
/// <param name="Padding">Elements between the rows of the result.</param>
public sealed record GemmCase(int Outer, int Inner, int M, int N, int K, OperandLayout A, OperandLayout B, int Padding = 0)
{
    int RowStride => N + Padding;

    int Length => Outer * Inner * M * RowStride;

    /// <summary>The product by any number of threads must be within the documented error of the one in double, with the same bits.</summary>
    public void Check()
    {
        using var a = new GemmOperand(A, Outer, Inner, M, K, stream: 11);
        using var b = new GemmOperand(B, Outer, Inner, K, N, stream: 12);
        using FencedFloats single = Multiply(Pools.One, a.View, b.View);
        CheckAgainstDouble(a.View, b.View, single.Span);
        foreach (WorkerPool pool in new[] { Pools.Two, Pools.Four })
        {
            using FencedFloats shared = Multiply(pool, a.View, b.View);
            Assert.True(single.Bits.SequenceEqual(shared.Bits), $"{this}: {pool.Threads} threads have other bits than one");
        }
    }

    /// <summary>Each element must be given to the epilogue once, as part of the result itself, in its final state.</summary>
    public unsafe void CheckEpilogue()
    {
        using var a = new GemmOperand(A, Outer, Inner, M, K, stream: 11);
        using var b = new GemmOperand(B, Outer, Inner, K, N, stream: 12);
        using FencedFloats plain = Multiply(Pools.One, a.View, b.View);
        foreach (WorkerPool pool in Pools.All)
        {
            using var result = new FencedFloats(Length);
            using var visits = new FencedFloats(Length);
            visits.Bits.Clear();
            MatrixView c = View(result);
            Gemm.Multiply(pool, Outer, Inner, M, N, K, a.View, b.View, c, new CountAndNegate(c, visits.Integers));
            for (int i = 0; i < Length; i++)
            {
                // Texts only where they are needed: there are millions of elements.
                bool isElement = i % RowStride < N;
                if (visits.Bits[i] != (isElement ? 1 : 0)) Assert.Fail($"{this}, {pool.Threads} threads: element {i} was visited {visits.Bits[i]} times");
                if (isElement ? result.Span[i] != -plain.Span[i] : !FencedFloats.IsUntouched(result.Span[i]))
                    Assert.Fail($"{this}, {pool.Threads} threads: element {i} is {result.Span[i]}; without epilogue it is {plain.Span[i]}");
            }
        }
    }

    unsafe FencedFloats Multiply(WorkerPool pool, MatrixView a, MatrixView b)
    {
        var result = new FencedFloats(Length);
        Gemm.Multiply(pool, Outer, Inner, M, N, K, a, b, View(result), default(NoEpilogue));
        return result;
    }

    unsafe MatrixView View(FencedFloats result) => new(result.Start, (nint)Inner * M * RowStride, (nint)M * RowStride, RowStride, 1);

    unsafe void CheckAgainstDouble(MatrixView a, MatrixView b, ReadOnlySpan<float> actual)
    {
        int element = 0;
        for (int o = 0; o < Outer; o++)
            for (int i = 0; i < Inner; i++)
                for (int r = 0; r < M; r++)
                    for (int c = 0; c < RowStride; c++, element++)
                    {
                        if (c >= N)
                        {
                            if (!FencedFloats.IsUntouched(actual[element])) Assert.Fail($"{this}: the gap behind row {r} was written to");
                            continue;
                        }
                        double sum = 0, magnitude = 0;
                        for (int k = 0; k < K; k++)
                        {
                            double product = (double)a.Of(o, i)[r * a.Row + k * a.Column] * b.Of(o, i)[k * b.Row + c * b.Column];
                            sum += product;
                            magnitude += Math.Abs(product);
                        }
                        if (!(Math.Abs(actual[element] - sum) <= K * 6e-8 * magnitude))
                            Assert.Fail($"{this}: element [{o}, {i}, {r}, {c}] is {actual[element]}, expected {sum}");
                    }
    }
}
