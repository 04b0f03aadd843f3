using System;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Memory;

/// <summary>Zeroed memory outside the managed heap: what parameters, gradients and activations lie in.</summary>
/// <remarks>
/// <para><b>Memory</b>: pages count as used from the first write on, so an arena planned for the largest dims costs
/// little at small ones; on Linux it asks for pages of 2 MiB. It starts on a cache line and its end is rounded up to
/// one, so a vector of 64 bytes can be read at the last element.</para>
/// <para><b>Errors</b>: <see cref="Dispose"/> must not run while another thread still uses <see cref="Data"/>; pointers
/// do not keep the arena alive.</para>
/// </remarks>
/// <example><code>
/// using var arena = new NativeArena(1024 * sizeof(float));
/// float* x = (float*)arena.Data;   // [1024], zeros
/// </code></example>
public sealed unsafe class NativeArena : IDisposable
{
    /// <summary>Where an arena starts: multiples of this many bytes, a cache line and a vector of 512 bits.</summary>
    public const int Alignment = 64;

    readonly NativeBlock block;
    readonly void* data;

    /// <summary>Reserves memory.</summary>
    /// <param name="length">Bytes; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    /// <exception cref="OutOfMemoryException">The system has not got that much.</exception>
    public NativeArena(long length)
    {
        if (length < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length,
                $"An arena of {length} bytes was asked for; the length must be 0 or more. A size this large may have " +
                    "overflowed 64 bits.");
        }
        Length = length;
        block = new NativeBlock(Allocate(length));
        nint start = block.DangerousGetHandle();
        data = (void*)((start + Alignment - 1) & ~(nint)(Alignment - 1));
    }

    /// <summary>Bytes that were asked for.</summary>
    public long Length { get; }

    /// <summary>[<see cref="Length"/>] bytes; the first one is on a cache line.</summary>
    /// <exception cref="ObjectDisposedException">The arena has been disposed.</exception>
    public void* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(block.IsClosed, this);
            return data;
        }
    }

    /// <summary>Sets every byte to zero.</summary>
    /// <exception cref="ObjectDisposedException">The arena has been disposed.</exception>
    public void Clear() => NativeMemory.Clear(Data, (nuint)Length);

    /// <summary>Gives the memory back; again is harmless.</summary>
    public void Dispose() => block.Dispose();

    /// <summary>
    /// Zeroed by the system rather than by us: that leaves fresh pages untouched. One line more than asked for makes
    /// room for the start to move up, another for the end.
    /// </summary>
    static void* Allocate(long length)
    {
        try
        {
            nuint all = checked((nuint)length + 2 * Alignment);
            void* start = NativeMemory.AllocZeroed(all);
            HugePages.Advise(start, all);
            return start;
        }
        catch (Exception failure) when (failure is OutOfMemoryException or OverflowException)
        {
            string available = Text(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            throw new InsufficientMemoryException(
                $"{Text(length)} of memory were asked for and the system refused; this process may use {available} " +
                    "in all. " +
                "Lower the Max of a [Dim], such as the batch's, make the model smaller, or raise the memory limit.",
                    failure);
        }
    }

    static string Text(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MiB ({bytes} bytes)");
}
