using System;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Training;

/// <summary>Muon's update of a stack of matrices.</summary>
/// <remarks>
/// <para><b>Source</b>: see <see cref="Muon"/>.</para>
/// <para><b>Numerics</b>: norms are summed in double in blocks of fixed size and matrix products have the same bits for
/// any number of threads, so the update has.</para>
/// </remarks>
public static unsafe class MuonUpdate
{
    const int Iterations = 5;
    const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

    /// <summary>Numbers of scratch memory for a matrix.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static long ScratchLength(long rows, long columns)
    {
        long side = Math.Min(rows, columns);
        return 2 * Aligned(rows * columns) + 2 * Aligned(side * side) + 2 * Blocks(rows * columns);
    }

    /// <summary>Updates every matrix of a parameter.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="optimizer">Hyperparameters.</param>
    /// <param name="weights">[count, rows, columns]; changed.</param>
    /// <param name="gradients">[count, rows, columns].</param>
    /// <param name="momentum">[count, rows, columns]; changed.</param>
    /// <param name="scratch">[<see cref="ScratchLength"/>], on a cache line; overwritten.</param>
    /// <param name="groups">[count]: settings of each.</param>
    /// <param name="rate">The trainer's learning rate.</param>
    /// <param name="scale">What gradients are multiplied by.</param>
    /// <param name="count">Matrices.</param>
    /// <param name="rows">Inputs of a layer.</param>
    /// <param name="columns">Outputs of a layer.</param>
    public static void Run(WorkerPool pool, Muon optimizer, float* weights, float* gradients, float* momentum,
        float* scratch, ReadOnlySpan<GroupSettings> groups, float rate, float scale, int count, int rows, int columns)
    {
        nint length = (nint)rows * columns;
        int side = Math.Min(rows, columns), other = Math.Max(rows, columns);
        float* x = scratch, next = x + Aligned(length), gram = next + Aligned(length);
        float* polynomial = gram + Aligned((long)side * side);
        var sums = (double*)(polynomial + Aligned((long)side * side));
        float size = optimizer.MatchAdamW ? 0.2f * MathF.Sqrt(other) : MathF.Sqrt(MathF.Max(1, (float)columns / rows));
        int blocks = (int)Blocks(length);
        for (int i = 0; i < count; i++)
        {
            nint at = i * length;
            var direction = new MuonDirection
            {
                gradients = gradients + at, momentum = momentum + at, x = x, sums = sums, length = length,
                scale = scale, decay = optimizer.Momentum, nesterov = optimizer.Nesterov,
            };
            pool.Run(direction, blocks, grain: 4);
            double square = 0;
            for (int b = 0; b < blocks; b++) square += sums[b];
            float norm = (float)(1 / (Math.Sqrt(square) + 1e-7));
            pool.Run(new ScaleBlocks { x = x, length = length, factor = norm }, blocks, grain: 4);
            float* result = Orthogonalize(pool, x, next, gram, polynomial, rows, columns, side);
            float step = rate * groups[i].RateScale;
            pool.Run(new StepBlocks
            {
                weights = weights + at, x = result, length = length, keep = 1 - step * groups[i].Decay,
                factor = step * size,
            }, blocks, grain: 4);
        }
    }

    /// <summary>
    /// X ← a X + (b XXᵀ + c (XXᵀ)²) X, five times, with XᵀX on the other side where that is the smaller one.
    /// </summary>
    static float* Orthogonalize(WorkerPool pool, float* x, float* next, float* gram, float* polynomial, int rows,
        int columns, int side)
    {
        bool isWide = rows <= columns;
        MatrixView grams = View(gram, side), polynomials = View(polynomial, side);
        for (int i = 0; i < Iterations; i++)
        {
            MatrixView present = View(x, columns), target = View(next, columns);
            var transposed = new MatrixView(x, 0, 0, 1, columns);
            if (isWide)
                Gemm.Multiply(pool, 1, 1, side, side, columns, present, transposed, grams, default(NoEpilogue));
            else Gemm.Multiply(pool, 1, 1, side, side, rows, transposed, present, grams, default(NoEpilogue));
            Gemm.Multiply(pool, 1, 1, side, side, side, grams, grams, polynomials,
                new AddScaled { other = gram, stride = side, ofProduct = C, ofOther = B });
            var add = new AddScaled { other = x, stride = columns, ofProduct = 1, ofOther = A };
            if (isWide) Gemm.Multiply(pool, 1, 1, rows, columns, side, polynomials, present, target, add);
            else Gemm.Multiply(pool, 1, 1, rows, columns, side, present, polynomials, target, add);
            float* result = next;
            next = x;
            x = result;
        }
        return x;
    }

    static MatrixView View(float* data, int columns) => new(data, 0, 0, columns, 1);

    static long Aligned(long length) => (length + 15) / 16 * 16;

    static long Blocks(long length) => (length + Block - 1) / Block;

    internal const int Block = 4096;

    /// <summary>The momentum of a matrix, the direction it makes, and its squared length.</summary>
    struct MuonDirection : IWork
    {
        public float* gradients, momentum, x;   // [length]
        public double* sums;                    // [blocks]
        public nint length;
        public float scale, decay;
        public bool nesterov;

        public readonly void Run(int first, int last)
        {
            for (int block = first; block < last; block++)
            {
                nint to = Math.Min(length, (block + (nint)1) * Block);
                Vector512<double> sum = default;
                for (nint j = (nint)block * Block; j < to; j += 16)
                {
                    int count = (int)Math.Min(16, to - j);
                    var gradient = Vectors.LoadPartial(gradients + j, count) * Vector512.Create(scale);
                    var m = Vectors.LoadPartial(momentum + j, count) * Vector512.Create(decay) + gradient;
                    Vectors.StorePartial(momentum + j, m, count);
                    var direction = nesterov ? gradient + m * Vector512.Create(decay) : m;
                    Vectors.StorePartial(x + j, direction, count);
                    (Vector512<double> low, Vector512<double> high) = Vector512.Widen(direction);
                    sum += low * low + high * high;
                }
                sums[block] = Vector512.Sum(sum);
            }
        }
    }

    struct ScaleBlocks : IWork
    {
        public float* x;   // [length]
        public nint length;
        public float factor;

        public readonly void Run(int first, int last)
        {
            nint to = Math.Min(length, (nint)last * Block);
            for (nint j = (nint)first * Block; j < to; j++) x[j] *= factor;
        }
    }

    struct StepBlocks : IWork
    {
        public float* weights, x;   // [length]
        public nint length;
        public float keep, factor;

        public readonly void Run(int first, int last)
        {
            nint to = Math.Min(length, (nint)last * Block);
            for (nint j = (nint)first * Block; j < to; j++) weights[j] = weights[j] * keep - x[j] * factor;
        }
    }

    /// <summary>A tile of a product becomes a multiple of itself plus a multiple of another matrix.</summary>
    struct AddScaled : IGemmEpilogue
    {
        public float* other;   // [m, n]
        public nint stride;
        public float ofProduct, ofOther;

        public readonly void Apply(float* tile, nint tileStride, int outer, int inner, int row, int column, int rows,
            int columns)
        {
            for (int r = 0; r < rows; r++)
            {
                float* from = other + (row + r) * stride + column, to = tile + r * tileStride;
                for (int c = 0; c < columns; c += 16)
                {
                    int count = Math.Min(16, columns - c);
                    var value = Vectors.LoadPartial(to + c, count) * Vector512.Create(ofProduct)
                        + Vectors.LoadPartial(from + c, count) * Vector512.Create(ofOther);
                    Vectors.StorePartial(to + c, value, count);
                }
            }
        }
    }
}
