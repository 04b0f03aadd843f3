using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>A queue of work for the device: what is put into one runs in order, what is in different ones may run at
/// the same time.</summary>
/// <remarks>
/// <para><b>Memory</b>: no call allocates on the managed heap.</para>
/// <para><b>Errors</b>: copies and fills return before they are done; memory of the host must stay where it is and as
/// it is until then. Addresses are not checked: a wrong one is an illegal address at some later call.</para>
/// </remarks>
/// <example><code>
/// using var stream = new CudaStream(context);
/// stream.Copy(target, source, bytes);
/// stream.Synchronize();
/// </code></example>
public sealed unsafe class CudaStream : IDisposable
{
    const uint NonBlocking = 1;     // CU_STREAM_NON_BLOCKING: does not wait for the stream that is nobody's

    readonly CudaResource? resource;       // null where there is no device

    /// <summary>Makes a queue.</summary>
    /// <param name="context">Of the device.</param>
    /// <param name="priority">Lower numbers go first: 0, or -1 and below where the device has priorities.</param>
    /// <exception cref="CudaException">The device refuses.</exception>
    public CudaStream(CudaContext context, int priority = 0)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        context.MakeCurrent();
        nint stream;
        CudaCheck.Success(Driver.cuStreamCreateWithPriority(&stream, NonBlocking, priority),
            nameof(Driver.cuStreamCreateWithPriority), "making a stream");
        resource = new CudaResource(context.Resource, stream, &Destroy);
    }

    CudaStream() => Context = null!;

    /// <summary>Takes copies and fills, and does nothing: for a survey of kernels.</summary>
    internal static CudaStream OfNoDevice { get; } = new();

    /// <summary>What it belongs to.</summary>
    public CudaContext Context { get; }

    /// <summary>The driver's handle, a CUstream.</summary>
    /// <exception cref="ObjectDisposedException">The stream has been disposed.</exception>
    public nint Handle => Resource.Of(this);

    /// <summary>Whether all that was put in is done.</summary>
    /// <exception cref="CudaException">Something of it failed.</exception>
    public bool IsComplete
    {
        get
        {
            CudaResult result = Driver.cuStreamQuery(Enter());
            if (result == CudaResult.NotReady) return false;
            CudaCheck.Success(result, nameof(Driver.cuStreamQuery), "asking whether the stream is done", this);
            return true;
        }
    }

    /// <summary>Whether what is put in is recorded for a graph instead of run.</summary>
    public bool IsCapturing
    {
        get
        {
            CaptureStatus status;
            CudaCheck.Success(Driver.cuStreamIsCapturing(Enter(), &status), nameof(Driver.cuStreamIsCapturing),
                "asking whether a graph is being recorded", this);
            return status != CaptureStatus.None;
        }
    }

    internal CudaResource Resource => resource!;

    /// <summary>Waits until all that was put in is done.</summary>
    /// <exception cref="CudaException">Something of it failed.</exception>
    public void Synchronize() => CudaCheck.Success(Driver.cuStreamSynchronize(Enter()),
        nameof(Driver.cuStreamSynchronize), "waiting for the stream", this);

    /// <summary>What is put in from now on waits for an event.</summary>
    /// <param name="occurrence">Recorded before, in any stream.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Wait(CudaEvent occurrence)
    {
        ArgumentNullException.ThrowIfNull(occurrence);
        CudaCheck.Success(Driver.cuStreamWaitEvent(Enter(), occurrence.Handle, 0), nameof(Driver.cuStreamWaitEvent),
            "making a stream wait for an event", this);
        GC.KeepAlive(occurrence);
    }

    /// <summary>Copies from the host to the device.</summary>
    /// <param name="target">Address on the device.</param>
    /// <param name="source">[bytes] of the host, page-locked (<see cref="CudaPageLockedHostMemory{T}"/>) where the copy
    /// is to overlap with other work.</param>
    /// <param name="bytes">How many; nothing happens for 0.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void CopyToDevice(ulong target, void* source, long bytes)
    {
        if (bytes == 0 || resource is null) return;
        CudaCheck.Success(Driver.cuMemcpyHtoDAsync_v2(target, source, checked((nuint)bytes), Enter()),
            nameof(Driver.cuMemcpyHtoDAsync_v2), "copying to the device", this);
    }

    /// <summary>Copies from the device to the host.</summary>
    /// <param name="target">[bytes] of the host.</param>
    /// <param name="source">Address on the device.</param>
    /// <param name="bytes">How many; nothing happens for 0.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void CopyToHost(void* target, ulong source, long bytes)
    {
        if (bytes == 0 || resource is null) return;
        CudaCheck.Success(Driver.cuMemcpyDtoHAsync_v2(target, source, checked((nuint)bytes), Enter()),
            nameof(Driver.cuMemcpyDtoHAsync_v2), "copying to the host", this);
    }

    /// <summary>Copies on the device.</summary>
    /// <param name="target">Address on the device.</param>
    /// <param name="source">Address on the device; the two do not overlap.</param>
    /// <param name="bytes">How many; nothing happens for 0.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Copy(ulong target, ulong source, long bytes)
    {
        if (bytes == 0 || resource is null) return;
        CudaCheck.Success(Driver.cuMemcpyDtoDAsync_v2(target, source, checked((nuint)bytes), Enter()),
            nameof(Driver.cuMemcpyDtoDAsync_v2), "copying on the device", this);
    }

    /// <summary>Fills memory of the device with zeros.</summary>
    /// <param name="target">Address on the device.</param>
    /// <param name="bytes">How many; nothing happens for 0.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Clear(ulong target, long bytes)
    {
        if (bytes == 0 || resource is null) return;
        CudaCheck.Success(Driver.cuMemsetD8Async(target, 0, checked((nuint)bytes), Enter()),
            nameof(Driver.cuMemsetD8Async), "clearing memory of the device", this);
    }

    /// <summary>Fills memory of the device with a word.</summary>
    /// <param name="target">Address on the device; a multiple of 4.</param>
    /// <param name="word">Such as the bits of a float.</param>
    /// <param name="count">How many words; nothing happens for 0.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Fill(ulong target, uint word, long count)
    {
        if (count == 0 || resource is null) return;
        CudaCheck.Success(Driver.cuMemsetD32Async(target, word, checked((nuint)count), Enter()),
            nameof(Driver.cuMemsetD32Async), "filling memory of the device", this);
    }

    /// <summary>From now on what is put in is recorded for a graph instead of run, and so is what other streams do
    /// after they waited for it. Other threads are not disturbed.</summary>
    /// <exception cref="CudaException">A recording is going on already, say.</exception>
    public void BeginCapture() => CudaCheck.Success(Driver.cuStreamBeginCapture_v2(Enter(), CaptureMode.ThreadLocal),
        nameof(Driver.cuStreamBeginCapture_v2), "beginning to record a graph", this);

    /// <summary>Ends the recording, on the thread that began it.</summary>
    /// <returns>What was recorded.</returns>
    /// <exception cref="CudaException">Something was done that cannot be part of a graph, such as waiting.</exception>
    public CudaGraph EndCapture()
    {
        nint graph;
        CudaCheck.Success(Driver.cuStreamEndCapture(Enter(), &graph), nameof(Driver.cuStreamEndCapture),
            "recording a graph", this);
        return new CudaGraph(Context, graph);
    }

    /// <summary>Gives the queue back once what is in it is done; again is harmless.</summary>
    public void Dispose() => resource?.Dispose();

    /// <summary>Makes the context current, as every call needs it.</summary>
    /// <returns>The handle.</returns>
    internal nint Enter()
    {
        nint handle = Handle;
        Context.MakeCurrent();
        return handle;
    }

    /// <summary>Waits for what was launched, where <see cref="CudaDebug"/> says so, and names it if it
    /// failed.</summary>
    /// <param name="name">Of the kernel.</param>
    internal void AfterLaunch(string name)
    {
        if (!CudaDebug.SynchronizesLaunches) return;
        // Any call may be the one that reports it.
        CaptureStatus status;
        string call = nameof(Driver.cuStreamIsCapturing);
        CudaResult result = Driver.cuStreamIsCapturing(Handle, &status);
        if (result == CudaResult.Success)
        {
            if (status != CaptureStatus.None) return;
            (call, result) = (nameof(Driver.cuStreamSynchronize), Driver.cuStreamSynchronize(Handle));
        }
        if (result != CudaResult.Success)
            throw CudaCheck.Exception(result, call, "running the kernel", name, kernel: name);
    }

    static void Destroy(nint stream, nint argument) => _ = Driver.cuStreamDestroy_v2(stream);
}
