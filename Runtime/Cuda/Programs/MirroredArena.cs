using System;
using System.Threading;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>
/// Memory that may lie on the host, on a device, or on both: it is copied where it is asked for and the other side has
/// newer numbers. On the host alone it is a <see cref="NativeArena"/>.
/// </summary>
/// <remarks>Errors: one program writes on the device, any number may read there at the same time, each on a thread of
/// its own. Nobody may ask while the same thread records a graph: a copy or a wait can be no part of one.</remarks>
sealed unsafe class MirroredArena : IDisposable
{
    readonly Lock gate = new();
    readonly long length;
    readonly string purpose;
    NativeArena? host;
    CudaDeviceVariable<byte>? device;
    CudaContext? context;               // the device's
    CudaStream? copies;                 // of this memory alone: others' may be recording a graph
    CudaStream? writer;
    CudaEvent? written;                 // in the writer's stream, behind what it wrote
    bool isHostCurrent = true, isDeviceCurrent;

    /// <param name="length">Bytes.</param>
    /// <param name="isOnDevice">Whether the host needs it only when it looks: then nothing is reserved there.</param>
    /// <param name="purpose">For messages where memory runs out.</param>
    public MirroredArena(long length, bool isOnDevice, string purpose)
    {
        (this.length, this.purpose) = (length, purpose);
        if (!isOnDevice) host = new NativeArena(length);
    }

    public long Length => length;

    /// <summary>The numbers on the host, zeros at first; with what a device has changed.</summary>
    public void* Host
    {
        get
        {
            lock (gate)
            {
                host ??= new NativeArena(length);
                if (isHostCurrent) return host.Data;
                CudaStream from = copies ??= new CudaStream(context!);
                if (written is not null) from.Wait(written);
                from.CopyToHost(host.Data, device!.DevicePointer, length);
                from.Synchronize();
                isHostCurrent = true;
                return host.Data;
            }
        }
    }

    /// <summary>The numbers on a device, with what the host has changed.</summary>
    /// <param name="on">The stream in which they are to be used: what is put into it from now on comes after what
    /// another program has written.</param>
    public ulong OnDevice(CudaStream on)
    {
        if (length == 0) return 0;
        lock (gate)
        {
            if (device is null)
            {
                var reserved = new CudaDeviceVariable<byte>(on.Context, length, purpose);
                if (host is null)
                {
                    reserved.Clear(on);
                    on.Synchronize();       // others may use it at once
                    isDeviceCurrent = true;
                }
                (device, context) = (reserved, on.Context);
            }
            if (written is not null && writer != on) on.Wait(written);
            if (!isDeviceCurrent)
            {
                on.CopyToDevice(device.DevicePointer, host!.Data, length);
                on.Synchronize();           // the host may write again at once
                isDeviceCurrent = true;
            }
            return device.DevicePointer;
        }
    }

    /// <summary>The host has written.</summary>
    public void HostChanged()
    {
        lock (gate)
        {
            isHostCurrent = true;
            isDeviceCurrent = false;
        }
    }

    /// <summary>A device has written, or will have when an event has come.</summary>
    /// <param name="by">The writer's stream.</param>
    /// <param name="end">In that stream, behind the write; recorded again only behind later ones.</param>
    public void DeviceChanged(CudaStream by, CudaEvent end)
    {
        if (length == 0) return;
        lock (gate)
        {
            (writer, written) = (by, end);
            isHostCurrent = false;
            isDeviceCurrent = true;
        }
    }

    /// <summary>The writer's stream goes, with its events; all that it wrote is done.</summary>
    /// <param name="ending">The stream.</param>
    public void StreamEnds(CudaStream ending)
    {
        lock (gate)
            if (writer == ending) (writer, written) = (null, null);
    }

    /// <summary>Zeros everywhere.</summary>
    public void Clear()
    {
        lock (gate)
        {
            if (host is null && device is null) return;
            host ??= new NativeArena(length);
            host.Clear();
            isHostCurrent = true;
            isDeviceCurrent = false;
        }
    }

    public void Dispose()
    {
        host?.Dispose();
        device?.Dispose();
        copies?.Dispose();
    }
}
