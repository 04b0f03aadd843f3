using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Training;
using ModelCompiler.Tests.Cuda.Simulated;

namespace ModelCompiler.Gpu.Bench;

/// <summary>The large parts of a step of GPT-2 on their own, between two events: products, attention, the update, a copy.</summary>
sealed unsafe class KernelBench : IDisposable
{
    const int Runs = 20, FewRuns = 2, Candidates = 8;
    const long WorkspaceBytes = 32 << 20;

    // As Generator/Lowering/Cuda/CudaCost.cs predicts.
    const double CopyBytes = 4.3e12, Products = 7e14, AttentionForward = 2.3e14, AttentionBackward = 1.85e14;

    readonly CudaContext context = new(CudaDevice.Get(0));
    readonly CudaStream stream;
    readonly KernelLibrary library;
    readonly CudaBlasLt products;
    readonly List<IDisposable> arrays = [];
    readonly bool isSmall;

    public KernelBench(bool isSmall)
    {
        this.isSmall = isSmall;
        stream = new CudaStream(context);
        library = new KernelLibrary(context);
        products = new CudaBlasLt(context);
    }

    /// <param name="isAsked">Whether a bench of that name is to be run.</param>
    public IEnumerable<BenchRow> Run(Func<string, bool> isAsked)
    {
        (int tokens, int width, int vocab) = isSmall ? (128, 128, 512) : (64 * 1024, 768, 50304);
        if (isAsked("copy")) yield return Copy(isSmall ? 1 << 20 : 2L << 30);
        foreach ((string name, long m, long n, long k) in ((string, long, long, long)[])
        [
            ("width to width", tokens, width, width), ("width to 4 width", tokens, 4 * width, width), ("4 width to width", tokens, width, 4 * width),
            ("head", tokens, vocab, width), ("gradient of the head's input", tokens, width, vocab),
        ])
            if (isAsked("product")) yield return Product($"{name}, [{m}, {k}] x [{k}, {n}]", m, n, k, isWeightGradient: false);
        foreach ((string name, long m, long n) in ((string, long, long)[])
            [("weight gradient of width to width", width, width), ("weight gradient of width to 4 width", width, 4 * width), ("weight gradient of the head", vocab, width)])
            if (isAsked("product")) yield return Product($"{name}, [{m}, {tokens}] x [{tokens}, {n}]", m, n, tokens, isWeightGradient: true);
        if (isAsked("attention")) foreach (BenchRow row in Attention(isSmall ? 1 : 64, isSmall ? 2 : 12, isSmall ? 64 : 1024)) yield return row;
        if (isAsked("adamw")) yield return AdamW(isSmall ? 1 << 14 : 124_475_904);
        if (isAsked("gradient_norm")) yield return Norm(isSmall ? 1 << 14 : 124_475_904);
    }

    BenchRow Copy(long bytes)
    {
        ulong from = Empty(bytes), to = Empty(bytes);
        double time = Time(() => stream.Copy(to, from, bytes));
        return Done(new("copy", 2 * bytes / time * 1e-9, "GB/s", time * 1e3, 2 * bytes / CopyBytes * 1e3));
    }

    /// <summary>bf16, by rows, as a step multiplies: weight gradients are fp32 and read their first factor by columns.</summary>
    BenchRow Product(string name, long m, long n, long k, bool isWeightGradient)
    {
        ulong a = Random(m * k), b = Random(k * n), c = Empty(m * n * (isWeightGradient ? 4 : 2)), workspace = Empty(WorkspaceBytes);
        // By columns it is the product of the transposes, in the other order.
        CudaBlasLtLayout first = new(CudaDataType.BFloat16, n, k, n);
        CudaBlasLtLayout second = isWeightGradient ? new(CudaDataType.BFloat16, m, k, m) : new(CudaDataType.BFloat16, k, m, k);
        CudaBlasLtLayout result = new(isWeightGradient ? CudaDataType.Float32 : CudaDataType.BFloat16, n, m, n);
        using var matmul = new CudaBlasLtMatmul(name, CudaBlasComputeType.Float32, CudaDataType.Float32, first, second, result, result)
        {
            TransposesB = isWeightGradient, MaxWorkspaceBytes = WorkspaceBytes,
        };
        Span<CudaBlasLtAlgorithm> found = stackalloc CudaBlasLtAlgorithm[Candidates];
        int count = products.GetHeuristics(matmul, found);
        double best = double.PositiveInfinity;
        foreach (CudaBlasLtAlgorithm algorithm in found[..count])
        {
            // An algorithm that is not supported after all never becomes the best.
            if (!products.TryMultiply(matmul, 1, b, a, 0, c, c, algorithm, workspace, WorkspaceBytes, stream)) continue;
            best = Math.Min(best, Time(() => products.Multiply(matmul, 1, b, a, 0, c, c, algorithm, workspace, WorkspaceBytes, stream)));
        }
        double flops = 2.0 * m * n * k;
        return Done(new(name, flops / best * 1e-12, "TFLOP/s", best * 1e3, flops / Products * 1e3));
    }

    IEnumerable<BenchRow> Attention(int outer, int heads, int length)
    {
        const int Size = 64;
        var shape = new CudaAttentionShape
        {
            Type = CudaDataType.BFloat16, Outer = outer, QueryHeads = heads, KeyHeads = heads, Queries = length, Keys = length, HeadSize = Size, ValueSize = Size,
            Scale = 0.125f, IsCausal = true,
        };
        long count = (long)outer * heads * length * Size;
        // As projections leave it: heads side by side in a row.
        CudaAttentionOperand Of(ulong address) => new(address, (long)heads * length * Size, Size, (long)heads * Size);
        CudaAttentionOperand q = Of(Random(count)), k = Of(Random(count)), v = Of(Random(count)), o = Of(Empty(2 * count)), dO = Of(Random(count));
        CudaAttentionOperand dQ = Of(Empty(2 * count)), dK = Of(Empty(2 * count)), dV = Of(Empty(2 * count));
        ulong logSums = Empty((long)outer * heads * length * 4), scratch = Empty(CudaAttention.ScratchBytes(shape));
        double scores = (double)outer * heads * length * length / 2, flops = 4 * scores * Size;
        double time = Time(() => CudaAttention.Forward(library, stream, shape, q, k, v, o, logSums));
        yield return new($"attention, [{outer}, {heads}, {length}, {Size}], causal", flops / time * 1e-12, "TFLOP/s", time * 1e3, flops / AttentionForward * 1e3);
        time = Time(() => CudaAttention.Backward(library, stream, shape, q, k, v, o, logSums, dO, dQ, dK, dV, scratch));
        yield return Done(new("its gradient", 2.5 * flops / time * 1e-12, "TFLOP/s", time * 1e3, 2.5 * flops / AttentionBackward * 1e3));
    }

    BenchRow AdamW(long length)
    {
        const int OfBlock = 4096;
        UpdateBlock[] blocks = [.. Enumerable.Range(0, (int)((length + OfBlock - 1) / OfBlock)).Select(i => new UpdateBlock
        {
            First = (long)i * OfBlock, Second = (long)i * OfBlock, Length = (int)Math.Min(OfBlock, length - (long)i * OfBlock), RateScale = 1, Decay = 0.1f,
        })];
        ulong table = Store(blocks), numbers = Numbers(), weights = Zeros(4 * length), gradients = Zeros(4 * length), mean = Zeros(4 * length), square = Zeros(4 * length);
        double time = Time(() => CudaOptimizer.AdamW(library, stream, numbers, table, blocks.Length, weights, gradients, mean, square, 0.9f, 0.95f, 1e-8f));
        return Done(new($"AdamW, {length} parameters", 28.0 * length / time * 1e-9, "GB/s", time * 1e3, 28.0 * length / CopyBytes * 1e3));
    }

    BenchRow Norm(long length)
    {
        ulong gradients = Zeros(4 * length), sums = Empty(CudaGradients.ScratchBytes(length)), numbers = Numbers();
        double time = Time(() =>
        {
            CudaGradients.SquaredNorm(library, stream, gradients, length, sums);
            CudaGradients.FinishNorm(library, stream, numbers, sums, length, 0.9f, 0.95f);
        });
        return Done(new($"norm of {length} gradients", 4.0 * length / time * 1e-9, "GB/s", time * 1e3, 4.0 * length / CopyBytes * 1e3));
    }

    ulong Numbers() => Store<StepNumbers>([new StepNumbers { Rate = 1e-4f, GradientScale = 1, MaxNorm = 1, Scale = 1, Correction1 = 1, Correction2 = 1 }]);

    /// <summary>Seconds of one launch: of several in a row, after one that compiles and warms up.</summary>
    double Time(Action launch)
    {
        int runs = isSmall ? FewRuns : Runs;
        launch();
        using CudaEvent start = new(context), end = new(context);
        start.Record(stream);
        for (int i = 0; i < runs; i++) launch();
        end.Record(stream);
        end.Synchronize();
        return Math.Max(1e-9, CudaEvent.ElapsedTime(start, end) * 1e-3 / runs);
    }

    BenchRow Done(BenchRow row)
    {
        stream.Synchronize();
        foreach (IDisposable array in arrays) array.Dispose();
        arrays.Clear();
        return row;
    }

    ulong Empty(long bytes)
    {
        var array = new CudaDeviceVariable<byte>(context, bytes);
        arrays.Add(array);
        return array.DevicePointer;
    }

    ulong Zeros(long bytes)
    {
        var array = new CudaDeviceVariable<byte>(context, bytes);
        arrays.Add(array);
        array.Clear(stream);
        return array.DevicePointer;
    }

    ulong Store<T>(T[] values) where T : unmanaged
    {
        var array = new CudaDeviceVariable<T>(context, values.Length);
        arrays.Add(array);
        array.CopyToDevice(values, stream);
        return array.DevicePointer;
    }

    /// <summary>bf16 between -1 and 1: products of zeros would need less power, and be faster.</summary>
    ulong Random(long count)
    {
        const int Piece = 1 << 20;
        var random = new Random(1);
        var bits = new ushort[Math.Min(count, Piece)];
        for (int i = 0; i < bits.Length; i++) bits[i] = BFloat16.From(2 * random.NextDouble() - 1);
        ulong address = Empty(2 * count);
        fixed (ushort* first = bits)
            for (long at = 0; at < count; at += Piece)
                stream.CopyToDevice(address + (ulong)(2 * at), first, 2 * Math.Min(Piece, count - at));
        stream.Synchronize();
        return address;
    }

    public void Dispose()
    {
        foreach (IDisposable array in arrays) array.Dispose();
        products.Dispose();
        library.Dispose();
        stream.Dispose();
        context.Dispose();
    }
}
