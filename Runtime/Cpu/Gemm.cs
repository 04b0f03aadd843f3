using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>Matrix products with any strides, of fp32 or what is read as that; sums are fp32.</summary>
public static unsafe class Gemm
{
    // multiply-adds a thread should at least get: 5 µs, some times what waking it costs
    const long SmallestShare = 1 << 18;

    static long products;

    /// <summary>
    /// C[o, i] = A[o, i] · B[o, i] for every matrix of a batch of outer × inner, then an epilogue on each tile of C.
    /// </summary>
    /// <param name="pool">Threads.</param>
    /// <param name="outer">Length of the outer batch axis.</param>
    /// <param name="inner">Length of the inner batch axis.</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A, rows of B; for 0 the product is 0.</param>
    /// <param name="a">[outer, inner, m, k]; any strides.</param>
    /// <param name="b">[outer, inner, k, n]; any strides.</param>
    /// <param name="c">
    /// [outer, inner, m, n]; column stride 1. Must not overlap a or b; what it held is lost. Without a pointer tiles
    /// stay with their thread, and only the epilogue sees them.
    /// </param>
    /// <param name="epilogue">Called exactly once for each finished tile.</param>
    /// <param name="name">What a profile calls it: left to the C# compiler, the expression of C.</param>
    /// <exception cref="ArgumentException">A column stride of C other than 1.</exception>
    /// <remarks>
    /// Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008. Numerics: fp32 sums in
    /// the order of k, in parts of at most 384 (in one part where up to 16 rows meet a large B, in 16 lanes where they
    /// meet a transposed one); the same bits for any number of threads. Error: k · 6e-8 · |A| · |B|. Memory:
    /// a fixed buffer for each thread.
    /// </remarks>
    public static void Multiply<TEpilogue>(WorkerPool pool, int outer, int inner, int m, int n, int k,
        MatrixView a, MatrixView b, MatrixView c, TEpilogue epilogue,
        [CallerArgumentExpression(nameof(c))] string name = "") where TEpilogue : unmanaged, IGemmEpilogue
    {
        long start = KernelProfile.Start();
        Multiply(pool, outer, inner, m, n, k, in a, in b, in c, epilogue);
        if (start == 0) return;
        // Every operand once; a matrix that a whole batch shares is read once.
        double batch = (double)outer * inner;
        double bytes = Matrices(a, outer, inner) * m * k * a.Size + Matrices(b, outer, inner) * k * n * b.Size
            + batch * m * n * sizeof(float);
        bool hasName = typeof(TEpilogue) != typeof(NoEpilogue);
        KernelProfile.End(start, hasName ? typeof(TEpilogue) : null, hasName ? "" : name, 2 * batch * m * n * k,
            bytes);
    }

    static double Matrices(in MatrixView matrix, int outer, int inner) =>
        (matrix.Outer == 0 ? 1.0 : outer) * (matrix.Inner == 0 ? 1 : inner);

    static void Multiply<TEpilogue>(WorkerPool pool, int outer, int inner, int m, int n, int k, in MatrixView a,
        in MatrixView b, in MatrixView c, TEpilogue epilogue) where TEpilogue : unmanaged, IGemmEpilogue
    {
        if (c.Column != 1 && n > 1)
        {
            throw new ArgumentException(
                $"Gemm: elements of a row of C are {c.Column} apart; they must be next to each other. " +
                "Write to a matrix of column stride 1, or multiply the transposes in reverse order.", nameof(c));
        }
        if (outer <= 0 || inner <= 0 || m <= 0 || n <= 0) return;
        // Others read their operands where they lie, and write C there.
        bool isPlain = a.Type == MatrixType.Float32 && b.Type == MatrixType.Float32 && c.Data is not null;
        if (isPlain && GemmDots<TEpilogue>.Suits(m, k, a, b))
        {
            var dots = new GemmDots<TEpilogue>(outer, inner, m, n, k, a, b, c, epilogue);
            long cost = Cost(outer, inner, m, n, k);
            Share(pool, dots, dots.Items, 1, cost, Threads(pool, cost));
        }
        else if (isPlain && GemmSweep<TEpilogue>.Suits(m, n, k, b))
        {
            var sweep = new GemmSweep<TEpilogue>(outer, inner, m, n, k, a, b, c, epilogue);
            long cost = Cost(outer, inner, m, n, k);
            Share(pool, sweep, sweep.Items, 1, cost, Threads(pool, cost));
        }
        else if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            Multiply<Tile512, TEpilogue>(pool, outer, inner, m, n, k, a, b, c, epilogue);
        else if (Vector256.IsHardwareAccelerated && Fma.IsSupported)
            Multiply<Tile256, TEpilogue>(pool, outer, inner, m, n, k, a, b, c, epilogue);
        else
            Multiply<Tile128, TEpilogue>(pool, outer, inner, m, n, k, a, b, c, epilogue);
    }

    static void Multiply<TTile, TEpilogue>(WorkerPool pool, int outer, int inner, int m, int n, int k,
        in MatrixView a, in MatrixView b, in MatrixView c, in TEpilogue epilogue)
        where TTile : struct, ITile where TEpilogue : unmanaged, IGemmEpilogue
    {
        long cost = Cost(outer, inner, m, n, k), product = NextProduct();
        int threads = Threads(pool, cost);
        var work = new GemmWork<TTile, TEpilogue>(threads, product, outer, inner, m, n, k, a, b, c, epilogue);
        Share(pool, work, work.Items, work.Grain, cost, threads);
    }

    /// <summary>A number that no other product has.</summary>
    internal static long NextProduct() => Interlocked.Increment(ref products);

    internal static void Share<TWork>(WorkerPool pool, TWork work, int items, int grain, long cost, int threads)
        where TWork : unmanaged, IWork
    {
        if (threads == 1) work.Run(0, items);
        else pool.Run(work, items,
            Math.Max(grain, GemmBlocking.Count(items, (int)Math.Min(items, cost / SmallestShare))));
    }

    static long Cost(int outer, int inner, int m, int n, int k) => (long)outer * inner * m * n * Math.Max(1, k);

    internal static int Threads(WorkerPool pool, long cost) => (int)Math.Clamp(cost / SmallestShare, 1, pool.Threads);
}
