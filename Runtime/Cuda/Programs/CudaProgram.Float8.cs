using System;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>Tensors in 8 bits: their scales, and products of them.</content>
public abstract unsafe partial class CudaProgram
{
    /// <summary>What cuBLASLt asks of sizes and strides of operands in 8 bits.</summary>
    const int Float8Multiple = 16;

    const int MostBlocks = 64, TileSide = 32;

    /// <summary>Stores numbers in 8 bits, multiplied by a scale.</summary>
    /// <param name="from">[tensors, size].</param>
    /// <param name="to">[tensors, size]; E4M3 or E5M2.</param>
    /// <param name="tensors">How many, each with a scale of its own.</param>
    /// <param name="size">Elements of one.</param>
    /// <param name="scales">[tensors]: written, what products multiply by.</param>
    /// <param name="state">As the processor's; null for scales by these very numbers.</param>
    protected void Float8ScalingQuantize<T, TTo>(T* from, TTo* to, long tensors, long size, float* scales, float* state)
        where T : unmanaged where TTo : unmanaged
    {
        if (isMeasuring && survey is null) Require(CudaComputeCapability.Float8, "Precision.Float8");
        ulong most = Scratch(2 * tensors * sizeof(float)), used = most + (ulong)tensors * sizeof(float);
        if (isMeasuring || tensors * size == 0) return;
        bool isE4M3 = typeof(TTo) == typeof(Float8E4M3);
        string read = "FROM=" + NameOf<T>(), written = isE4M3 ? "TO=f8e4m3" : "TO=f8e5m2";
        string largest = isE4M3 ? "LARGEST=448.0f" : "LARGEST=57344.0f";
        CudaKernel Kernel(string name) => Library.Get("float8", name, read, written, largest);
        stream.Clear(most, tensors * sizeof(float));
        int count = checked((int)tensors), blocks = CudaElements.Blocks(size, ProgramThreads);
        Launch(Kernel("largest_magnitude"), new(Math.Min(blocks, MostBlocks), count, 1, ProgramThreads), from,
            (void*)most, size);
        Launch(Kernel("choose_scales"), Blocks(tensors), (void*)most, (void*)used, scales, state, tensors);
        Launch(Kernel("quantize"), new(blocks, count, 1, ProgramThreads), from, to, (void*)used, size);
    }

    static bool IsFloat8(MatrixView view) => view.Type is MatrixType.Float8E4M3 or MatrixType.Float8E5M2;

    static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>
    /// A product of operands in 8 bits. cuBLASLt takes them dense along k only, so others are transposed first; where
    /// it has no such product, as for sizes that are no multiples of 16, both become fp32.
    /// </summary>
    void MultiplyFloat8(long m, long n, long k, MatrixView a, MatrixView b, MatrixView c)
    {
        bool fits = m % Float8Multiple == 0 && n % Float8Multiple == 0 && k % Float8Multiple == 0 && c.Column == 1
            && c.Row % Float8Multiple == 0;
        ulong work = Scratch(Math.Max(Padded(m * k) + Padded(k * n), (Padded(m * k) + Padded(k * n)) * sizeof(float)));
        if (isMeasuring) return;
        if (fits)
        {
            MatrixView first = a, second = b;
            if (a.Column != 1 || a.Row % Float8Multiple != 0)
                first = Transposed(a, (nint)k, work, k, m, (nint)a.Column) with { Row = (nint)k, Column = 1 };
            if (b.Row != 1 || b.Column % Float8Multiple != 0)
                second = Transposed(b, (nint)k, work + (ulong)Padded(m * k), k, n, (nint)b.Row) with
                {
                    Row = 1, Column = (nint)k,
                };
            if (TryMultiplyFloat8(m, n, k, first, second, c)) return;
        }
        MatrixView wideA = Widened(a, work, m, k);
        MatrixView wideB = Widened(b, work + (ulong)Padded(m * k) * sizeof(float), k, n);
        Multiply(1, 1, m, n, k, wideA, wideB, c);
    }

    /// <summary>A copy of [rows, columns] as [columns, rows]; of an A by columns, of a B by rows.</summary>
    MatrixView Transposed(MatrixView view, nint length, ulong to, long rows, long columns, nint stride)
    {
        var grid = new CudaLaunchShape(CudaElements.Blocks(columns, TileSide), CudaElements.Blocks(rows, TileSide), 1,
            ProgramThreads);
        Launch(Library.Get("float8", "transpose_bytes"), grid, view.Data, (void*)to, rows, columns, (long)stride);
        return view with { Data = (float*)to };
    }

    MatrixView Widened(MatrixView view, ulong to, long rows, long columns)
    {
        string kernel = view.Type == MatrixType.Float8E4M3 ? "widen_e4m3" : "widen_e5m2";
        Launch(Library.Get("float8", kernel), Blocks(rows * columns), view.Data, (void*)to, view.Scale, rows, columns,
            (long)view.Row, (long)view.Column);
        return new MatrixView { Data = (float*)to, Row = (nint)columns, Column = 1 };
    }

    bool TryMultiplyFloat8(long m, long n, long k, MatrixView a, MatrixView b, MatrixView c)
    {
        if (survey is not null) return false;       // whether cuBLASLt has it only a device tells
        ProductKey key = KeyOf(1, m, n, k, a, b, c);
        ProductPlan plan = PlanOf(key, a, b, c, default);
        if (plan.Matmul is null || !plan.IsSwapped) return false;
        (plan.Matmul.ScaleA, plan.Matmul.ScaleB) = ((ulong)b.Scale, (ulong)a.Scale);
        products.Multiply(plan.Matmul, 1, (ulong)b.Data, (ulong)a.Data, 0, (ulong)c.Data, (ulong)c.Data, plan.Algorithm,
            Workspace, ProductBytes, stream);
        return true;
    }
}
