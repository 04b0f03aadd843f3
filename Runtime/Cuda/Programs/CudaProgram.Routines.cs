using System;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>The routines that generated code calls, with the operands of those for the processor.</content>
public abstract unsafe partial class CudaProgram
{
    ulong RowError => Notes + (ulong)Marshal.OffsetOf<PassNotes>(nameof(PassNotes.RowError));

    /// <summary>Rows of a table: result[i, ..] = table[rows[i], ..].</summary>
    /// <param name="table">[height, width].</param>
    /// <param name="rows">[count].</param>
    /// <param name="result">[count, width].</param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="height">Rows of the table where they have not been checked; a wrong one fails the pass.</param>
    protected void Gather<T>(T* table, int* rows, T* result, long count, long width, long height = int.MaxValue)
        where T : unmanaged
    {
        if (isMeasuring) return;
        CudaRows.Gather(Library, stream, TypeOf<T>(), (ulong)table, (ulong)rows, (ulong)result, count, width,
            height, RowError);
    }

    /// <summary>Adds rows into a table of zeros: result[rows[i], ..] += values[i, ..].</summary>
    /// <param name="values">[count, width]; of any type.</param>
    /// <param name="rows">[count].</param>
    /// <param name="result">[height, width]; fp32.</param>
    /// <param name="count">Rows to add.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="height">Rows of the table.</param>
    protected void ScatterAdd<T>(T* values, int* rows, float* result, long count, long width, long height)
        where T : unmanaged
    {
        ulong work = Scratch(CudaRows.ScratchBytes(count, height, width));
        if (isMeasuring) return;
        CudaRows.ScatterAdd(Library, stream, TypeOf<T>(), (ulong)values, (ulong)rows, (ulong)result, count,
            width, height, work, RowError);
    }

    /// <summary>Zeros but for one slice.</summary>
    /// <param name="from">[size]; of any type.</param>
    /// <param name="result">[count, size].</param>
    /// <param name="size">Elements of a slice.</param>
    /// <param name="index">Which.</param>
    /// <param name="count">Slices.</param>
    protected void Place<T>(T* from, T* result, long size, long index, long count) where T : unmanaged
    {
        if (isMeasuring) return;
        CudaRows.Place(Library, stream, TypeOf<T>(), (ulong)from, (ulong)result, size, index, count);
    }

    /// <summary>Zeros around an axis.</summary>
    /// <param name="from">[outer, length].</param>
    /// <param name="result">[outer, total].</param>
    /// <param name="outer">Stretches.</param>
    /// <param name="length">Elements of one.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="total">Elements of one of the result.</param>
    protected void Pad<T>(T* from, T* result, long outer, long length, long start, long total)
        where T : unmanaged
    {
        if (isMeasuring) return;
        CudaRows.Pad(Library, stream, TypeOf<T>(), (ulong)from, (ulong)result, outer, length, start, total);
    }

    /// <summary>One part of a concatenation.</summary>
    /// <param name="from">[outer, length].</param>
    /// <param name="result">[outer, total].</param>
    /// <param name="outer">Stretches.</param>
    /// <param name="length">Elements of one.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="total">Elements of one of the result.</param>
    protected void Insert<T>(T* from, T* result, long outer, long length, long start, long total)
        where T : unmanaged
    {
        if (isMeasuring) return;
        CudaRows.Insert(Library, stream, TypeOf<T>(), (ulong)from, (ulong)result, outer, length, start, total);
    }

    /// <summary>The other way round along an axis.</summary>
    /// <param name="from">[outer, length, inner].</param>
    /// <param name="result">The same.</param>
    /// <param name="outer">Before the axis.</param>
    /// <param name="length">Of the axis.</param>
    /// <param name="inner">Behind it.</param>
    protected void Flip<T>(T* from, T* result, long outer, long length, long inner) where T : unmanaged
    {
        if (isMeasuring) return;
        CudaRows.Flip(Library, stream, TypeOf<T>(), (ulong)from, (ulong)result, outer, length, inner);
    }

    /// <summary>Sums of all elements up to each along an axis.</summary>
    /// <param name="from">[outer, length, inner]; of any type.</param>
    /// <param name="result">The same.</param>
    /// <param name="outer">Before the axis.</param>
    /// <param name="length">Of the axis.</param>
    /// <param name="inner">Behind it.</param>
    /// <param name="reversed">Whether from the end on.</param>
    protected void CumulativeSum<T>(T* from, T* result, long outer, long length, long inner, bool reversed)
        where T : unmanaged
    {
        if (isMeasuring) return;
        CudaRows.CumulativeSum(Library, stream, TypeOf<T>(), (ulong)from, (ulong)result, outer, length, inner,
            reversed);
    }

    /// <summary>What elements of a type of C# are called on a device; integers move as fp32 does.</summary>
    private protected static CudaDataType TypeOf<T>() where T : unmanaged =>
        typeof(T) == typeof(BFloat16) ? CudaDataType.BFloat16
        : typeof(T) == typeof(Half) ? CudaDataType.Float16
        : CudaDataType.Float32;
}
