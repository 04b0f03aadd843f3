using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>An array in the device's memory.</summary>
/// <typeparam name="T">Of an element, such as float.</typeparam>
/// <remarks>
/// <para><b>Memory</b>: as many bytes as the elements have, at a multiple of 256; what is in them at first is not
/// known.</para>
/// <para><b>Errors</b>: <see cref="CudaOutOfMemoryException"/>. Addresses do not keep the array alive.</para>
/// </remarks>
/// <example><code>
/// using var x = new CudaDeviceVariable&lt;float&gt;(context, 1024);
/// x.CopyToDevice(values, stream);
/// </code></example>
public sealed unsafe class CudaDeviceVariable<T> : IDisposable where T : unmanaged
{
    readonly CudaResource resource;

    /// <summary>Allocates an array.</summary>
    /// <param name="context">Of the device.</param>
    /// <param name="size">Elements; at least 1.</param>
    /// <param name="purpose">What it is for, named if there is not enough memory, such as "the plan of CharGpt".
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1.</exception>
    /// <exception cref="CudaOutOfMemoryException">The device has not got that much.</exception>
    public CudaDeviceVariable(CudaContext context, long size, string purpose = "an array")
    {
        ArgumentNullException.ThrowIfNull(context);
        (Size, SizeInBytes) = (size, BytesOf(size));
        context.MakeCurrent();
        ulong address;
        CudaResult result = Driver.cuMemAlloc_v2(&address, (nuint)SizeInBytes);
        if (result == CudaResult.OutOfMemory)
            throw CudaCheck.OutOfMemory(purpose, SizeInBytes, nameof(Driver.cuMemAlloc_v2));
        CudaCheck.Success(result, nameof(Driver.cuMemAlloc_v2), "allocating memory for", purpose);
        resource = new CudaResource(context.Resource, (nint)address, &Free);
    }

    /// <summary>Allocates an array in the order of a stream: it is there for what is put in afterwards, and goes back
    /// in the same order. Part of a graph if the stream is recording one.</summary>
    /// <param name="stream">It is kept until the array is disposed.</param>
    /// <param name="size">Elements; at least 1.</param>
    /// <param name="purpose">What it is for, named if there is not enough memory.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1.</exception>
    /// <exception cref="CudaOutOfMemoryException">The device has not got that much.</exception>
    public CudaDeviceVariable(CudaStream stream, long size, string purpose = "an array")
    {
        ArgumentNullException.ThrowIfNull(stream);
        (Size, SizeInBytes) = (size, BytesOf(size));
        nint handle = stream.Enter();
        ulong address;
        CudaResult result = Driver.cuMemAllocAsync(&address, (nuint)SizeInBytes, handle);
        if (result == CudaResult.OutOfMemory)
            throw CudaCheck.OutOfMemory(purpose, SizeInBytes, nameof(Driver.cuMemAllocAsync));
        CudaCheck.Success(result, nameof(Driver.cuMemAllocAsync), "allocating memory for", purpose);
        resource = new CudaResource(stream.Context.Resource, (nint)address, &FreeInOrder, handle, stream.Resource);
    }

    /// <summary>Elements.</summary>
    public long Size { get; }

    /// <summary>Bytes of all elements.</summary>
    public long SizeInBytes { get; }

    /// <summary>Address of the first element on the device.</summary>
    /// <exception cref="ObjectDisposedException">The array has been disposed.</exception>
    public ulong DevicePointer => (ulong)resource.Of(this);

    /// <summary>Copies elements to the device and waits until they are there.</summary>
    /// <param name="source">At most as many as there are behind <paramref name="offset"/>.</param>
    /// <param name="stream">Behind whose work.</param>
    /// <param name="offset">Elements of this array in front of the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not fit.</exception>
    public void CopyToDevice(ReadOnlySpan<T> source, CudaStream stream, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ulong target = AddressOf(offset, source.Length);
        fixed (T* values = source)
        {
            stream.CopyToDevice(target, values, (long)source.Length * sizeof(T));
            stream.Synchronize();       // the span may move or go right after
        }
        GC.KeepAlive(this);
    }

    /// <summary>Copies elements to the host and waits until they are there.</summary>
    /// <param name="target">At most as many as there are behind <paramref name="offset"/>.</param>
    /// <param name="stream">Behind whose work.</param>
    /// <param name="offset">Elements of this array in front of the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many.</exception>
    public void CopyToHost(Span<T> target, CudaStream stream, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ulong source = AddressOf(offset, target.Length);
        fixed (T* values = target)
        {
            stream.CopyToHost(values, source, (long)target.Length * sizeof(T));
            stream.Synchronize();
        }
        GC.KeepAlive(this);
    }

    /// <summary>Copies all elements of page-locked memory to the device; returns before they are there.</summary>
    /// <param name="source">Must stay as it is until then.</param>
    /// <param name="stream">In whose order.</param>
    /// <exception cref="ArgumentException">More than fit.</exception>
    public void AsyncCopyToDevice(CudaPageLockedHostMemory<T> source, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(stream);
        stream.CopyToDevice(AddressOf(0, source.Size), source.Pointer, source.SizeInBytes);
    }

    /// <summary>Copies as many elements as page-locked memory has to the host; returns before they are there.</summary>
    /// <param name="target">Must stay until then.</param>
    /// <param name="stream">In whose order.</param>
    /// <exception cref="ArgumentException">More than there are.</exception>
    public void AsyncCopyToHost(CudaPageLockedHostMemory<T> target, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(stream);
        stream.CopyToHost(target.Pointer, AddressOf(0, target.Size), target.SizeInBytes);
    }

    /// <summary>Sets every byte to zero, in the order of a stream.</summary>
    /// <param name="stream">In whose order.</param>
    public void Clear(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Clear(DevicePointer, SizeInBytes);
    }

    /// <summary>Gives the memory back, in the order of the stream it was allocated on, if it was; again is harmless.
    /// </summary>
    public void Dispose() => resource.Dispose();

    ulong AddressOf(long offset, long count)
    {
        if (offset < 0 || count > Size - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset,
                $"{count} elements from {offset} on do not fit an array of {Size}.");
        }
        return DevicePointer + (ulong)offset * (ulong)sizeof(T);
    }

    static long BytesOf(long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return checked(size * sizeof(T));
    }

    static void Free(nint address, nint argument) => _ = Driver.cuMemFree_v2((ulong)address);

    static void FreeInOrder(nint address, nint stream) => _ = Driver.cuMemFreeAsync((ulong)address, stream);
}
