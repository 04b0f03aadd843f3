using System;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Muon's update of a stack of matrices on the device: the twin of <see cref="MuonUpdate"/>, for many matrices
/// at once.</summary>
/// <remarks>
/// <para><b>Source</b>: see <see cref="Muon"/>.</para>
/// <para><b>Numerics</b>: norms in double in blocks of fixed size, products as <see cref="CudaProduct"/> does them
/// in fp32, or as the caller's.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use; scratch memory is the caller's.
/// </para>
/// </remarks>
public static unsafe class CudaMuon
{
    const string File = "muon";
    const int Block = 4096, Threads = 256, Iterations = 5;
    const float A = 3.4445f, B = -4.7750f, C = 2.0315f;     // as on the CPU
    const long MostScratch = 256L << 20;

    /// <summary>Bytes of scratch memory that <see cref="Update"/> needs.</summary>
    /// <param name="count">Matrices.</param>
    /// <param name="rows">Inputs of a layer.</param>
    /// <param name="columns">Outputs of a layer.</param>
    public static long ScratchBytes(long count, long rows, long columns) =>
        new Layout(AtOnce(count, rows, columns), rows, columns).Bytes;

    /// <summary>Updates every matrix of a parameter.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="optimizer">Hyperparameters.</param>
    /// <param name="numbers">One <see cref="StepNumbers"/>: rate and scale.</param>
    /// <param name="weights">[count, rows, columns] fp32; changed.</param>
    /// <param name="gradients">[count, rows, columns] fp32.</param>
    /// <param name="momentum">[count, rows, columns] fp32; changed.</param>
    /// <param name="scratch">[<see cref="ScratchBytes"/>], a multiple of 256; overwritten.</param>
    /// <param name="groups">[count] <see cref="GroupSettings"/> in device memory.</param>
    /// <param name="count">Matrices.</param>
    /// <param name="rows">Inputs of a layer.</param>
    /// <param name="columns">Outputs of a layer.</param>
    /// <param name="product">Of fp32 matrices; <see cref="CudaProduct"/> for null.</param>
    public static void Update(KernelLibrary library, CudaStream stream, Muon optimizer, ulong numbers, ulong weights,
        ulong gradients, ulong momentum, ulong scratch, ulong groups, int count, int rows, int columns,
        CudaBatchedProduct? product = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(optimizer);
        long length = (long)rows * columns;
        if (length == 0) return;
        int most = (int)AtOnce(count, rows, columns), blocks = CudaElements.Blocks(length, Block);
        var layout = new Layout(most, rows, columns);
        ulong x = scratch, next = scratch + (ulong)layout.Next, sums = scratch + (ulong)layout.Sums;
        ulong factors = scratch + (ulong)layout.Factors, result;
        float decay = optimizer.Momentum, size = optimizer.MatchAdamW ? 0.2f * MathF.Sqrt(Math.Max(rows, columns))
            : MathF.Sqrt(MathF.Max(1, (float)columns / rows));
        int nesterov = optimizer.Nesterov ? 1 : 0;
        void** directing = stackalloc void*[]
        {
            &x, &sums, &momentum, &gradients, &numbers, &length, &decay, &nesterov,
        };
        void** norming = stackalloc void*[] { &factors, &sums, &numbers, &blocks };
        void** scaling = stackalloc void*[] { &x, &factors, &numbers, &length };
        void** stepping = stackalloc void*[] { &weights, &result, &groups, &numbers, &length, &size };
        for (int done = 0; done < count; done += most)
        {
            int some = Math.Min(most, count - done);
            var grid = new CudaLaunchShape(blocks, some, 1, Threads);
            library.Get(File, "muon_direction").Launch(stream, grid, directing);
            library.Get(File, "muon_norms").Launch(stream, CudaLaunchShape.Of(some, Threads), norming);
            library.Get(File, "muon_scale").Launch(stream, grid, scaling);
            result = Orthogonalize(library, stream, x, next, scratch + (ulong)layout.Gram,
                scratch + (ulong)layout.Polynomial, some, rows, columns, product);
            library.Get(File, "muon_step").Launch(stream, grid, stepping);
            ulong moved = (ulong)(some * length) * sizeof(float);
            (weights, gradients, momentum) = (weights + moved, gradients + moved, momentum + moved);
            groups += (ulong)(some * sizeof(GroupSettings));
        }
    }

    /// <summary>X ← a X + (b XXᵀ + c (XXᵀ)²) X, five times, with XᵀX on the other side where that is the smaller one.
    /// </summary>
    static ulong Orthogonalize(KernelLibrary library, CudaStream stream, ulong x, ulong next, ulong gram,
        ulong polynomial, int count, int rows, int columns, CudaBatchedProduct? product)
    {
        bool isWide = rows <= columns;
        int side = Math.Min(rows, columns), other = Math.Max(rows, columns);
        CudaMatrix grams = Square(gram, side), polynomials = Square(polynomial, side);
        for (int i = 0; i < Iterations; i++)
        {
            long length = (long)rows * columns;
            CudaMatrix present = new(x, CudaDataType.Float32, 0, length, columns, 1);
            CudaMatrix transposed = new(x, CudaDataType.Float32, 0, length, 1, columns);
            CudaMatrix target = present with { Data = next };
            if (isWide) Multiply(side, side, other, present, transposed, grams, grams, 1, 0);
            else Multiply(side, side, other, transposed, present, grams, grams, 1, 0);
            Multiply(side, side, side, grams, grams, polynomials, grams, C, B);
            if (isWide) Multiply(rows, columns, side, polynomials, present, target, present, 1, A);
            else Multiply(rows, columns, side, present, polynomials, target, present, 1, A);
            (x, next) = (next, x);
        }
        return x;

        void Multiply(long m, long n, long k, in CudaMatrix a, in CudaMatrix b, in CudaMatrix c, in CudaMatrix d,
            float alpha, float beta)
        {
            if (product is not null) product(count, m, n, k, a, b, c, d, alpha, beta);
            else CudaProduct.Multiply(library, stream, 1, count, m, n, k, a, b, c, d, alpha, beta);
        }
    }

    static CudaMatrix Square(ulong data, long side) => new(data, CudaDataType.Float32, 0, side * side, side, 1);

    /// <summary>How many matrices are worked on at once: of the shape alone.</summary>
    static long AtOnce(long count, long rows, long columns) =>
        Math.Clamp(MostScratch / new Layout(1, rows, columns).Bytes, 1, Math.Clamp(count, 1, 65535));

    /// <summary>Where each array lies in scratch memory, in bytes; X comes first.</summary>
    readonly struct Layout
    {
        public Layout(long count, long rows, long columns)
        {
            long length = rows * columns, side = Math.Min(rows, columns);
            Next = CudaElements.Aligned(count * length * sizeof(float));
            Gram = 2 * Next;
            Polynomial = Gram + CudaElements.Aligned(count * side * side * sizeof(float));
            Sums = Polynomial + (Polynomial - Gram);
            Factors = Sums + CudaElements.Aligned(count * ((length + Block - 1) / Block) * sizeof(double));
            Bytes = Factors + CudaElements.Aligned(count * sizeof(float));
        }

        public long Next { get; }
        public long Gram { get; }
        public long Polynomial { get; }
        public long Sums { get; }
        public long Factors { get; }
        public long Bytes { get; }
    }
}
