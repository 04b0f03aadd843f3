using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>A mark in a stream: others wait for it, and two of them measure time on the device.</summary>
/// <example><code>
/// start.Record(stream);
/// kernel.Launch(stream, shape, arguments);
/// end.Record(stream);
/// end.Synchronize();
/// float milliseconds = CudaEvent.ElapsedTime(start, end);
/// </code></example>
public sealed unsafe class CudaEvent : IDisposable
{
    const uint Default = 0, WithoutTime = 2;    // CU_EVENT_DEFAULT, CU_EVENT_DISABLE_TIMING

    readonly CudaResource resource;
    readonly CudaContext context;

    /// <summary>Makes a mark that is not in any stream yet.</summary>
    /// <param name="context">Of the device.</param>
    /// <param name="measuresTime">Whether <see cref="ElapsedTime"/> may be asked; waiting is cheaper without.</param>
    /// <exception cref="CudaException">The device refuses.</exception>
    public CudaEvent(CudaContext context, bool measuresTime = true)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.context = context;
        context.MakeCurrent();
        nint handle;
        CudaCheck.Success(Driver.cuEventCreate(&handle, measuresTime ? Default : WithoutTime),
            nameof(Driver.cuEventCreate), "making an event");
        resource = new CudaResource(context.Resource, handle, &Destroy);
    }

    /// <summary>The driver's handle, a CUevent.</summary>
    /// <exception cref="ObjectDisposedException">The event has been disposed.</exception>
    public nint Handle => resource.Of(this);

    /// <summary>Whether all in front of the mark is done; true if it is in no stream.</summary>
    /// <exception cref="CudaException">Something of it failed.</exception>
    public bool IsComplete
    {
        get
        {
            CudaResult result = Driver.cuEventQuery(Enter());
            if (result == CudaResult.NotReady) return false;
            CudaCheck.Success(result, nameof(Driver.cuEventQuery), "asking whether an event has come", this);
            return true;
        }
    }

    /// <summary>Puts the mark behind what is in a stream now.</summary>
    /// <param name="stream">Of the same device.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Record(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CudaCheck.Success(Driver.cuEventRecord(Handle, stream.Enter()), nameof(Driver.cuEventRecord),
            "recording an event", this);
        GC.KeepAlive(stream);
    }

    /// <summary>Waits until all in front of the mark is done.</summary>
    /// <exception cref="CudaException">Something of it failed.</exception>
    public void Synchronize() => CudaCheck.Success(Driver.cuEventSynchronize(Enter()),
        nameof(Driver.cuEventSynchronize), "waiting for an event", this);

    /// <summary>Milliseconds on the device between two marks that have come.</summary>
    /// <param name="start">The earlier one.</param>
    /// <param name="end">The later one.</param>
    /// <exception cref="CudaException">One of them has not come, or does not measure time.</exception>
    public static float ElapsedTime(CudaEvent start, CudaEvent end)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(end);
        float milliseconds;
        CudaCheck.Success(Driver.cuEventElapsedTime(&milliseconds, start.Enter(), end.Handle),
            nameof(Driver.cuEventElapsedTime), "measuring time between events", start);
        GC.KeepAlive(end);
        return milliseconds;
    }

    /// <summary>Gives the mark back; again is harmless.</summary>
    public void Dispose() => resource.Dispose();

    nint Enter()
    {
        nint handle = Handle;
        context.MakeCurrent();
        return handle;
    }

    static void Destroy(nint handle, nint argument) => _ = Driver.cuEventDestroy_v2(handle);
}
