using System;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>
/// Memory that may lie on the host, on a device, or on both: it is copied where it is asked for and the other side has
/// newer numbers. On the host alone it is a <see cref="NativeArena"/>.
/// </summary>
/// <remarks>Errors: one thread at a time, but for reading on the host while nothing is on a device.</remarks>
sealed unsafe class MirroredArena : IDisposable
{
    readonly long length;
    readonly string purpose;
    NativeArena? host;
    CudaDeviceVariable<byte>? device;
    CudaStream? stream;
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
            if (isHostCurrent && host is not null) return host.Data;
            host ??= new NativeArena(length);
            if (!isHostCurrent)
            {
                CudaStream from = stream ?? throw new InvalidOperationException($"Nobody can copy {purpose} from the " +
                    "device any more. Please report this.");
                from.CopyToHost(host.Data, device!.DevicePointer, length);
                from.Synchronize();
                isHostCurrent = true;
            }
            return host.Data;
        }
    }

    /// <summary>The numbers on a device, with what the host has changed.</summary>
    /// <param name="on">The stream in which they are to be used.</param>
    public ulong OnDevice(CudaStream on)
    {
        if (length == 0) return 0;
        if (device is null)
        {
            device = new CudaDeviceVariable<byte>(on.Context, length, purpose);
            stream = on;
            if (host is null)
            {
                device.Clear(on);
                isDeviceCurrent = true;
            }
        }
        // Another program's launches may still be writing.
        if (stream is not null && stream != on) stream.Synchronize();
        if (!isDeviceCurrent)
        {
            on.CopyToDevice(device.DevicePointer, host!.Data, length);
            on.Synchronize();       // the host may write again at once
            isDeviceCurrent = true;
        }
        return device.DevicePointer;
    }

    /// <summary>Whether a device has the newest numbers, so that steps may go on without looking at the host.</summary>
    public bool IsOnDevice => isDeviceCurrent || length == 0;

    /// <summary>The host has written.</summary>
    public void HostChanged()
    {
        isHostCurrent = true;
        isDeviceCurrent = false;
    }

    /// <summary>A device has written, or will have when its stream is done.</summary>
    /// <param name="on">That stream.</param>
    public void DeviceChanged(CudaStream on)
    {
        stream = on;
        isHostCurrent = false;
        isDeviceCurrent = true;
    }

    /// <summary>The stream of the last writer is done and goes; the host has all it wants.</summary>
    public void StreamEnds(CudaStream ending)
    {
        if (stream == ending) stream = null;
    }

    /// <summary>Zeros everywhere.</summary>
    public void Clear()
    {
        if (host is null && device is null) return;
        host ??= new NativeArena(length);
        host.Clear();
        HostChanged();
    }

    public void Dispose()
    {
        host?.Dispose();
        device?.Dispose();
    }
}
