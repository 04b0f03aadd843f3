using System;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Routines that move whole rows on the device, the twins of <see cref="Rows"/>. All of them give the same
/// bits in every run.</summary>
/// <remarks>
/// <para><b>Numerics</b>: moves keep every bit; sums of rows are taken in fp32, cumulative sums in double.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use; scratch memory is the caller's.
/// </para>
/// <para><b>Errors</b>: lengths and addresses are not checked. A row outside of its table reads as zeros, or is added
/// to nothing, and is reported in device memory: <see cref="TryReadError"/>.</para>
/// </remarks>
public static unsafe partial class CudaRows
{
    const string File = "rows";
    const int Threads = 256, WordsOfBlock = 1024;

    /// <summary>Copies rows of a table: <c>result[i, ..] = table[rows[i], ..]</c>.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of table and result; any type.</param>
    /// <param name="table">[height, width].</param>
    /// <param name="rows">[count] int32.</param>
    /// <param name="result">[count, width]; zeros where a row is not in the table.</param>
    /// <param name="count">Rows to copy.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="height">Rows of the table.</param>
    /// <param name="error">One 64-bit word that was 0: see <see cref="TryReadError"/>. 0 where rows were checked.
    /// </param>
    public static void Gather(KernelLibrary library, CudaStream stream, CudaDataType element, ulong table, ulong rows,
        ulong result, long count, long width, long height, ulong error = 0)
    {
        if (count == 0 || width == 0) return;
        long bytes = width * CudaElements.Size(element);
        int word = Word(table | result | (ulong)bytes);
        width = bytes / word;
        void** arguments = stackalloc void*[] { &result, &table, &rows, &count, &width, &height, &error };
        Launch(library, stream, "gather", word, count * width, arguments);
    }

    /// <summary>Writes one slice of a stack of zeros: <c>result[index, ..] = from</c>.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of both; any type.</param>
    /// <param name="from">[size].</param>
    /// <param name="result">[count, size].</param>
    /// <param name="size">Elements of a slice.</param>
    /// <param name="index">Which slice, in [0, count).</param>
    /// <param name="count">Slices of the result.</param>
    public static void Place(KernelLibrary library, CudaStream stream, CudaDataType element, ulong from, ulong result,
        long size, long index, long count) =>
        Pad(library, stream, element, from, result, 1, size, index * size, count * size);

    /// <summary>Puts rows into longer rows of zeros: <c>result[o, start + j] = from[o, j]</c>.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of both; any type.</param>
    /// <param name="from">[outer, length].</param>
    /// <param name="result">[outer, total].</param>
    /// <param name="outer">Number of rows.</param>
    /// <param name="length">Elements of a row of <paramref name="from"/>.</param>
    /// <param name="start">Where in its longer row each row starts, in elements.</param>
    /// <param name="total">Elements of a row of <paramref name="result"/>, at least start + length.</param>
    public static void Pad(KernelLibrary library, CudaStream stream, CudaDataType element, ulong from, ulong result,
        long outer, long length, long start, long total) =>
        Shift(library, stream, "pad", element, from, result, outer, length, start, total, outer * total);

    /// <summary>Writes one part of a concatenation, and nothing else of it: <c>result[o, start + j] = from[o, j]</c>.
    /// </summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of both; any type.</param>
    /// <param name="from">[outer, length].</param>
    /// <param name="result">[outer, total].</param>
    /// <param name="outer">Number of rows.</param>
    /// <param name="length">Elements of a row of <paramref name="from"/>.</param>
    /// <param name="start">Where in its longer row each row starts, in elements.</param>
    /// <param name="total">Elements of a row of <paramref name="result"/>, at least start + length.</param>
    public static void Insert(KernelLibrary library, CudaStream stream, CudaDataType element, ulong from, ulong result,
        long outer, long length, long start, long total) =>
        Shift(library, stream, "insert", element, from, result, outer, length, start, total, outer * length);

    /// <summary>Turns an axis round: <c>result[o, t, i] = from[o, length - 1 - t, i]</c>.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of both; any type.</param>
    /// <param name="from">[outer, length, inner].</param>
    /// <param name="result">[outer, length, inner]; no memory of <paramref name="from"/>.</param>
    /// <param name="outer">Of the axes before.</param>
    /// <param name="length">Of the axis that is turned.</param>
    /// <param name="inner">Of the axes behind.</param>
    public static void Flip(KernelLibrary library, CudaStream stream, CudaDataType element, ulong from, ulong result,
        long outer, long length, long inner)
    {
        if (outer == 0 || length == 0 || inner == 0) return;
        long bytes = inner * CudaElements.Size(element);
        int word = Word(from | result | (ulong)bytes);
        inner = bytes / word;
        void** arguments = stackalloc void*[] { &result, &from, &outer, &length, &inner };
        Launch(library, stream, "flip", word, outer * length * inner, arguments);
    }

    /// <summary>Copies elements.</summary>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Any type.</param>
    /// <param name="from">[size].</param>
    /// <param name="to">[size]; must not overlap <paramref name="from"/>, except by being the same memory.</param>
    /// <param name="size">Number of elements.</param>
    public static void Copy(CudaStream stream, CudaDataType element, ulong from, ulong to, long size)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (from != to) stream.Copy(to, from, size * CudaElements.Size(element));
    }

    /// <summary>
    /// Sums of everything up to each place: <c>result[o, t, i] = from[o, 0, i] + .. + from[o, t, i]</c>.
    /// </summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of both: fp32, bf16 or f16.</param>
    /// <param name="from">[outer, length, inner].</param>
    /// <param name="result">[outer, length, inner]; may be <paramref name="from"/>.</param>
    /// <param name="outer">Of the axes before.</param>
    /// <param name="length">Of the axis that is summed over.</param>
    /// <param name="inner">Of the axes behind.</param>
    /// <param name="isReversed">Whether to sum from the last place down.</param>
    public static void CumulativeSum(KernelLibrary library, CudaStream stream, CudaDataType element, ulong from,
        ulong result, long outer, long length, long inner, bool isReversed)
    {
        ArgumentNullException.ThrowIfNull(library);
        if (outer == 0 || length == 0 || inner == 0) return;
        int columns = 1, reversed = isReversed ? 1 : 0;
        while (columns < 32 && columns * 2 <= inner) columns *= 2;
        long blocks = CudaElements.Blocks(inner, columns);
        CudaKernel kernel = library.Get("cumulative_sum", "cumulative_sum", CudaElements.Define(element));
        void** arguments = stackalloc void*[] { &result, &from, &length, &inner, &blocks, &reversed };
        kernel.Launch(stream, new CudaLaunchShape(checked((int)(outer * blocks)), 1, 1, columns, Threads / columns),
            arguments);
    }

    /// <summary>What the error word of <see cref="Gather"/> or <see cref="ScatterAdd"/> says.</summary>
    /// <param name="word">As read from the device.</param>
    /// <param name="place">The first place in the list of rows that asks for a row that is not there.</param>
    /// <param name="row">That row.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryReadError(ulong word, out long place, out int row)
    {
        (place, row) = (~(uint)(word >> 32), (int)(uint)word);
        return word != 0;
    }

    static void Shift(KernelLibrary library, CudaStream stream, string kernel, CudaDataType element, ulong from,
        ulong result, long outer, long length, long start, long total, long words)
    {
        if (words == 0) return;
        int size = CudaElements.Size(element), word = Word(from | result | (ulong)((length | start | total) * size));
        words = words * size / word;
        (length, start, total) = (length * size / word, start * size / word, total * size / word);
        void** arguments = stackalloc void*[] { &result, &from, &outer, &length, &start, &total };
        Launch(library, stream, kernel, word, words, arguments);
    }

    /// <summary>The widest word that addresses and lengths in bytes, or-ed together, are multiples of.</summary>
    static int Word(ulong bytes) => (bytes & 15) == 0 ? 16 : (bytes & 3) == 0 ? 4 : (bytes & 1) == 0 ? 2 : 1;

    static void Launch(KernelLibrary library, CudaStream stream, string kernel, int word, long words, void** arguments)
    {
        ArgumentNullException.ThrowIfNull(library);
        string define = word switch
        {
            16 => "WORD=uint4",
            4 => "WORD=uint32_t",
            2 => "WORD=uint16_t",
            _ => "WORD=uint8_t",
        };
        library.Get(File, kernel, define).Launch(stream,
            CudaLaunchShape.Of(CudaElements.Blocks(words, WordsOfBlock), Threads), arguments);
    }
}
