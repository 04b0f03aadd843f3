using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Memory of the host that the device reads and writes by itself, while the processor does something else.
/// </summary>
/// <typeparam name="T">Of an element, such as int.</typeparam>
/// <remarks>
/// <para><b>Memory</b>: the system cannot page it out, so no more than is needed.</para>
/// <para><b>Errors</b>: must not be disposed of or changed while a copy from or to it is under way; pointers and spans
/// do not keep it alive.</para>
/// </remarks>
/// <example><code>
/// using var tokens = new CudaPageLockedHostMemory&lt;int&gt;(context, 16 * 128);
/// batch.CopyTo(tokens.Span);
/// ids.AsyncCopyToDevice(tokens, stream);
/// </code></example>
public sealed unsafe class CudaPageLockedHostMemory<T> : IDisposable where T : unmanaged
{
    readonly CudaResource resource;

    /// <summary>Allocates memory.</summary>
    /// <param name="context">Of the device.</param>
    /// <param name="size">Elements; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1.</exception>
    /// <exception cref="CudaException">The system cannot lock that much.</exception>
    public CudaPageLockedHostMemory(CudaContext context, long size)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        context.MakeCurrent();
        void* address;
        CudaCheck.Success(Driver.cuMemHostAlloc(&address, (nuint)SizeInBytes, 0), nameof(Driver.cuMemHostAlloc),
            "allocating page-locked memory of the host");
        resource = new CudaResource(context.Resource, (nint)address, &Free);
    }

    /// <summary>Elements.</summary>
    public long Size { get; }

    /// <summary>Bytes of all elements.</summary>
    public long SizeInBytes => checked(Size * sizeof(T));

    /// <summary>[<see cref="Size"/>] elements.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been given back.</exception>
    public T* Pointer => (T*)resource.Of(this);

    /// <summary>[<see cref="Size"/>] elements.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been given back.</exception>
    /// <exception cref="InvalidOperationException">More elements than a span can hold.</exception>
    public Span<T> Span => Size <= int.MaxValue ? new(Pointer, (int)Size)
        : throw new InvalidOperationException($"A span holds at most {int.MaxValue} elements, and there are {Size}. " +
            "Use Pointer.");

    /// <summary>Gives the memory back; again is harmless.</summary>
    public void Dispose() => resource.Dispose();

    static void Free(nint address, nint argument) => _ = Driver.cuMemFreeHost((void*)address);
}
