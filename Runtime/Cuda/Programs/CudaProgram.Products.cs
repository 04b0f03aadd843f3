using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>Matrix products by cuBLASLt; by a kernel of our own where it cannot take the strides.</content>
public abstract unsafe partial class CudaProgram
{
    /// <summary>Algorithms that are tried, and how often each.</summary>
    const int Candidates = 8, Tries = 3;

    /// <summary>What is remembered of a product that kernels after it finish sooner than an epilogue.</summary>
    const byte Otherwise = 1;

    readonly Dictionary<ProductKey, ProductPlan> plans = [];

    /// <summary>Products of the pass that is being recorded.</summary>
    HashSet<ProductKey>? recording;

    /// <summary>C = A · B for every matrix of two batch axes; sums are fp32.</summary>
    /// <param name="outer">Length of the outer batch axis.</param>
    /// <param name="inner">Length of the inner one.</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B.</param>
    /// <param name="a">[outer, inner, m, k], by strides.</param>
    /// <param name="b">[outer, inner, k, n], by strides.</param>
    /// <param name="c">[outer, inner, m, n], by strides.</param>
    protected void Multiply(long outer, long inner, long m, long n, long k, MatrixView a, MatrixView b, MatrixView c)
    {
        if (IsFloat8(a))
        {
            for (long i = 0; i < outer; i++)
                for (long j = 0; j < inner; j++)
                    MultiplyFloat8(m, n, k, Of(a, i, j), Of(b, i, j), Of(c, i, j));
            return;
        }
        if (isMeasuring || outer * inner * m * n == 0) return;
        if (survey is not null)
        {
            // What is needed where cuBLASLt has none for these strides: only a device tells.
            CudaProduct.Multiply(Library, stream, 1, 1, m, n, k, Matrix(a), Matrix(b), Matrix(c));
            return;
        }
        ProductKey key = KeyOf(inner, m, n, k, a, b, c);
        ProductPlan plan = PlanOf(key, a, b, c, default);
        if (plan.Matmul is null)
        {
            CudaProduct.Multiply(Library, stream, (int)outer, (int)inner, m, n, k, Matrix(a), Matrix(b), Matrix(c));
            return;
        }
        for (long i = 0; i < outer; i++)
        {
            ulong first = Address(a, i), second = Address(b, i), result = Address(c, i);
            if (plan.IsSwapped) (first, second) = (second, first);
            products.Multiply(plan.Matmul, 1, first, second, 0, result, result, plan.Algorithm, Workspace, ProductBytes,
                stream);
        }
    }

    /// <summary>The plan of a product, kept as long as a recorded pass has it.</summary>
    ProductPlan PlanOf(ProductKey key, MatrixView a, MatrixView b, MatrixView c, ProductExtras extras)
    {
        if (!plans.TryGetValue(key, out ProductPlan? plan)) plans.Add(key, plan = Plan(key, a, b, c, extras));
        recording?.Add(key);
        return plan;
    }

    /// <summary>Gives back the plans that only a pass had which is dropped.</summary>
    void ForgetPlans(RecordedPass dropped)
    {
        foreach (ProductKey key in dropped.Products)
        {
            if (passes.Exists(p => p.Products.Contains(key)) || !plans.Remove(key, out ProductPlan? plan)) continue;
            plan.Matmul?.Dispose();
        }
    }

    static ProductKey KeyOf(long inner, long m, long n, long k, MatrixView a, MatrixView b, MatrixView c) => new(a.Type,
        b.Type, c.Type, Aligned(a, b, c), inner, m, n, k, a.Inner, a.Row, a.Column, b.Inner, b.Row, b.Column, c.Inner,
        c.Row, c.Column);

    static ulong Address(MatrixView view, long outer) => (ulong)view.Data + (ulong)(outer * view.Outer * view.Size);

    /// <summary>One matrix of the batch.</summary>
    static MatrixView Of(MatrixView view, long outer, long inner) => view with
    {
        Data = (float*)((byte*)view.Data + (outer * view.Outer + inner * view.Inner) * view.Size), Outer = 0, Inner = 0,
    };

    static string NameOf(MatrixType type) => type switch
    {
        MatrixType.BFloat16 => "bf16",
        MatrixType.Float16 => "f16",
        _ => "float",
    };

    static CudaMatrix Matrix(MatrixView view) => new((ulong)view.Data, TypeOf(view.Type), view.Outer, view.Inner,
        view.Row, view.Column);

    /// <summary>Bytes that every matrix and every row begins at multiples of: 16, or less.</summary>
    static int Aligned(MatrixView a, MatrixView b, MatrixView c)
    {
        const int Most = 16;
        ulong all = Most | Bits(a) | Bits(b) | Bits(c);
        return (int)(all & (~all + 1));
    }

    static ulong Bits(MatrixView view) => (ulong)view.Data | (ulong)(view.Size * (view.Outer | view.Inner
        | (view.Column == 1 ? view.Row : view.Column)));

    static CudaDataType TypeOf(MatrixType type) => type switch
    {
        MatrixType.BFloat16 => CudaDataType.BFloat16,
        MatrixType.Float16 => CudaDataType.Float16,
        MatrixType.Float8E4M3 => CudaDataType.Float8E4M3,
        MatrixType.Float8E5M2 => CudaDataType.Float8E5M2,
        _ => CudaDataType.Float32,
    };

    /// <summary>
    /// cuBLASLt thinks in columns: a matrix by rows is its transpose by columns, so C by rows is Bᵀ · Aᵀ, and C by
    /// columns A · B.
    /// </summary>
    ProductPlan Plan(ProductKey key, MatrixView a, MatrixView b, MatrixView c, ProductExtras extras)
    {
        (nint aRow, nint aColumn) = Normal(a.Row, a.Column, key.M, key.K);
        (nint bRow, nint bColumn) = Normal(b.Row, b.Column, key.K, key.N);
        (nint cRow, nint cColumn) = Normal(c.Row, c.Column, key.M, key.N);
        bool isByRows = cColumn == 1;
        if (!isByRows && cRow != 1) return new(null, false, default);
        // First and second as cuBLASLt is given them, [rows, k] · [k, columns].
        (long rows, long columns) = isByRows ? (key.N, key.M) : (key.M, key.N);
        (nint Row, nint Column) first = isByRows ? (bColumn, bRow) : (aRow, aColumn);
        (nint Row, nint Column) second = isByRows ? (aColumn, aRow) : (bRow, bColumn);
        (long firstBatch, long secondBatch) = isByRows ? (key.BInner, key.AInner) : (key.AInner, key.BInner);
        (MatrixType firstType, MatrixType secondType) = isByRows ? (key.BType, key.AType) : (key.AType, key.BType);
        if (Layout(firstType, first.Row, first.Column, rows, key.K, key.Inner, firstBatch) is not { } layoutA
            || Layout(secondType, second.Row, second.Column, key.K, columns, key.Inner, secondBatch) is not { } layoutB
            || Layout(key.CType, isByRows ? cColumn : cRow, isByRows ? cRow : cColumn, rows, columns, key.Inner,
                key.CInner)
                is not { Transposes: false } layoutC)
            return new(null, false, default);
        var matmul = new CudaBlasLtMatmul($"[{key.M}, {key.K}] x [{key.K}, {key.N}]",
            key.AType == MatrixType.TensorFloat32 ? CudaBlasComputeType.Float32FastTensorFloat32
                : CudaBlasComputeType.Float32,
            CudaDataType.Float32, layoutA.Layout, layoutB.Layout, layoutC.Layout, layoutC.Layout)
        {
            TransposesA = layoutA.Transposes, TransposesB = layoutB.Transposes, MaxWorkspaceBytes = ProductBytes,
            Alignment = key.Alignment,
        };
        if (key.Extras != default && (!isByRows || !extras.TrySet(matmul, key, c)))
        {
            matmul.Dispose();
            return new(null, false, default);
        }
        Span<CudaBlasLtAlgorithm> found = stackalloc CudaBlasLtAlgorithm[Candidates];
        int count = products.GetHeuristics(matmul, found);
        if (count == 0)
        {
            matmul.Dispose();
            return new(null, false, default);
        }
        ulong x = (ulong)(isByRows ? b.Data : a.Data), y = (ulong)(isByRows ? a.Data : b.Data);
        Action? otherwise = key.Extras == default ? null
            : () => Separately(key.M, key.N, key.K, a, b, c, extras);
        ProductChoice choice = !isRehearsing || count == 1 && otherwise is null ? new(found[0])
            : Remembered(key, matmul)
                ?? Remember(key, Choose(matmul, found[..count], x, y, c, key.N, extras, otherwise));
        if (choice.Algorithm is { } algorithm) return new(matmul, isByRows, algorithm);
        matmul.Dispose();
        return new(null, false, default);
    }

    /// <summary>What an earlier run on such a device has found; null where there was none, or it no longer holds.
    /// </summary>
    ProductChoice? Remembered(ProductKey key, CudaBlasLtMatmul matmul)
    {
        byte[]? kept = CubinCache.OfMachine.Read(ChoiceOf(key));
        if (kept is [Otherwise] && key.Extras != default) return new(null);
        if (kept is null || kept.Length != sizeof(CudaBlasLtAlgorithm)) return null;
        CudaBlasLtAlgorithm algorithm = MemoryMarshal.Read<CudaBlasLtAlgorithm>(kept);
        return products.IsSupported(matmul, ref algorithm) && algorithm.WorkspaceBytes <= ProductBytes
            ? new(algorithm) : null;
    }

    ProductChoice Remember(ProductKey key, ProductChoice choice)
    {
        CudaBlasLtAlgorithm algorithm = choice.Algorithm.GetValueOrDefault();
        CubinCache.OfMachine.Write(ChoiceOf(key), choice.Algorithm is null ? [Otherwise]
            : new ReadOnlySpan<byte>(&algorithm, sizeof(CudaBlasLtAlgorithm)));
        return choice;
    }

    /// <summary>Choices lie among the compiled kernels, by product, device and library.</summary>
    CacheKey ChoiceOf(ProductKey key) => CacheKey.Of(key.ToString(), [machine.Context.Device.Name], "product",
        string.Create(CultureInfo.InvariantCulture, $"cuBLASLt {products.Version}"));

    /// <summary>The algorithm that takes least time on the numbers at hand, which are those of training; none where
    /// doing it otherwise takes less.</summary>
    ProductChoice Choose(CudaBlasLtMatmul matmul, ReadOnlySpan<CudaBlasLtAlgorithm> found, ulong a, ulong b,
        MatrixView c, long columns, ProductExtras extras, Action? otherwise)
    {
        ProductChoice best = new(otherwise is null ? found[0] : null);
        double least = otherwise is null ? double.PositiveInfinity : TimeOf(() =>
        {
            otherwise();
            return true;
        });
        foreach (CudaBlasLtAlgorithm algorithm in found)
        {
            double time = TimeOf(() =>
            {
                // A vector is rounded for the epilogue in every step.
                if (extras.Vector != (ulong)extras.Bias) Round(extras.Bias, extras.Vector, c.Type, columns);
                return products.TryMultiply(matmul, 1, a, b, extras.Beta, extras.Added(c), (ulong)c.Data, algorithm,
                    Workspace, ProductBytes, stream);
            });
            if (time < least) (least, best) = (time, new(algorithm));
        }
        return best;
    }

    /// <summary>Seconds until the device is done; infinite where it cannot do it.</summary>
    double TimeOf(Func<bool> work)
    {
        double time = double.PositiveInfinity;
        for (int i = 0; i < Tries; i++)
        {
            stream.Synchronize();
            long start = Stopwatch.GetTimestamp();
            if (!work()) break;
            stream.Synchronize();
            // The first try loads the kernel.
            if (i > 0) time = Math.Min(time, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return time;
    }

    /// <summary>Strides along an axis of length 1 say nothing: they become those of a dense matrix.</summary>
    static (nint Row, nint Column) Normal(nint row, nint column, long rows, long columns)
    {
        if (columns == 1 && rows == 1) return (1, 1);
        if (columns == 1) return row == 1 ? (1, (nint)rows) : (row, 1);
        return rows == 1 ? column == 1 ? ((nint)columns, 1) : (1, column) : (row, column);
    }

    /// <summary>A matrix by columns, as it is or transposed; null where neither of its axes is dense.</summary>
    static (CudaBlasLtLayout Layout, bool Transposes)? Layout(MatrixType type, nint row, nint column, long rows,
        long columns, long batch, long batchStride)
    {
        CudaBlasLtLayout Batched(long r, long c, long stride) => new(TypeOf(type), r, c, stride)
        {
            BatchCount = (int)batch, BatchStride = batch > 1 ? batchStride : 0,
        };
        if (row == 1 && (column >= rows || columns == 1))
            return (Batched(rows, columns, Math.Max(column, rows)), false);
        if (column == 1 && (row >= columns || rows == 1)) return (Batched(columns, rows, Math.Max(row, columns)), true);
        return null;
    }

    readonly record struct ProductKey(MatrixType AType, MatrixType BType, MatrixType CType, int Alignment, long Inner,
        long M, long N, long K, nint AInner, nint ARow, nint AColumn,
        nint BInner, nint BRow, nint BColumn, nint CInner, nint CRow, nint CColumn)
    {
        /// <summary>What else is computed.</summary>
        public ExtrasKey Extras { get; init; }
    }

    /// <summary>What was fastest: an algorithm, or without one a product and kernels after it.</summary>
    readonly record struct ProductChoice(CudaBlasLtAlgorithm? Algorithm);

    /// <summary>How a product is computed; without a matmul by a kernel of our own.</summary>
    sealed record ProductPlan(CudaBlasLtMatmul? Matmul, bool IsSwapped, CudaBlasLtAlgorithm Algorithm);
}
