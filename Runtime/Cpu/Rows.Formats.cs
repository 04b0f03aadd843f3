using System;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cpu;

/// <content>Copies from and to numbers of fewer bits, converted on the way.</content>
public static unsafe partial class Rows
{
    /// <summary>Copies elements, converted to the type of <paramref name="to"/>: rounded to the nearest, ties to even.
    /// </summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[size].</param>
    /// <param name="to">[size]; must not overlap <paramref name="from"/>, except by being the same memory.</param>
    /// <param name="size">Number of elements.</param>
    public static void Copy(WorkerPool pool, BFloat16* from, BFloat16* to, long size)
    {
        if (from != to) Convert(pool, from, MatrixType.BFloat16, to, MatrixType.BFloat16, size);
    }

    /// <inheritdoc cref="Copy(WorkerPool, BFloat16*, BFloat16*, long)"/>
    public static void Copy(WorkerPool pool, BFloat16* from, float* to, long size) =>
        Convert(pool, from, MatrixType.BFloat16, to, MatrixType.Float32, size);

    /// <inheritdoc cref="Copy(WorkerPool, BFloat16*, BFloat16*, long)"/>
    public static void Copy(WorkerPool pool, float* from, BFloat16* to, long size) =>
        Convert(pool, from, MatrixType.Float32, to, MatrixType.BFloat16, size);

    /// <inheritdoc cref="Copy(WorkerPool, BFloat16*, BFloat16*, long)"/>
    public static void Copy(WorkerPool pool, Half* from, Half* to, long size)
    {
        if (from != to) Convert(pool, from, MatrixType.Float16, to, MatrixType.Float16, size);
    }

    /// <inheritdoc cref="Copy(WorkerPool, BFloat16*, BFloat16*, long)"/>
    public static void Copy(WorkerPool pool, Half* from, float* to, long size) =>
        Convert(pool, from, MatrixType.Float16, to, MatrixType.Float32, size);

    /// <inheritdoc cref="Copy(WorkerPool, BFloat16*, BFloat16*, long)"/>
    public static void Copy(WorkerPool pool, float* from, Half* to, long size) =>
        Convert(pool, from, MatrixType.Float32, to, MatrixType.Float16, size);

    /// <inheritdoc cref="Copy(WorkerPool, BFloat16*, BFloat16*, long)"/>
    public static void Copy(WorkerPool pool, Half* from, BFloat16* to, long size) =>
        Convert(pool, from, MatrixType.Float16, to, MatrixType.BFloat16, size);

    /// <inheritdoc cref="Copy(WorkerPool, BFloat16*, BFloat16*, long)"/>
    public static void Copy(WorkerPool pool, BFloat16* from, Half* to, long size) =>
        Convert(pool, from, MatrixType.BFloat16, to, MatrixType.Float16, size);

    /// <summary>Copies elements, rounded to 10 bits of mantissa, ties away from zero, as PTX's cvt.rna.tf32 does.
    /// </summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[size].</param>
    /// <param name="to">[size]; must not overlap <paramref name="from"/>.</param>
    /// <param name="size">Number of elements.</param>
    public static void RoundToTensorFloat32(WorkerPool pool, float* from, float* to, long size) =>
        Convert(pool, from, MatrixType.TensorFloat32, to, MatrixType.Float32, size);

    static void Convert(WorkerPool pool, void* from, MatrixType read, void* to, MatrixType write, long size)
    {
        long start = KernelProfile.Start();
        var work = new ConvertElements { from = (byte*)from, to = (byte*)to, read = read, write = write, size = size };
        pool.Run(work, Items((size + ConvertElements.Segment - 1) / ConvertElements.Segment), grain: 2);
        if (start != 0) KernelProfile.End(start, null, "convert", 0, (double)size * (Bytes(read) + Bytes(write)));
    }

    static int Bytes(MatrixType type) => type is MatrixType.BFloat16 or MatrixType.Float16 ? 2 : sizeof(float);
}
