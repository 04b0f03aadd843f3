using System;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Programs;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Training;

/// <summary>What every generated session stands on: shared parameters, activations of its own, and threads.</summary>
/// <remarks>
/// <para><b>Memory</b>: <see cref="PlannedBytes"/> beside the parameters; a call allocates nothing.</para>
/// <para><b>Errors</b>: a session serves one thread at a time; several sessions on the same parameters can run at once,
/// the later ones on their callers' threads alone. After <see cref="Dispose"/> everything throws
/// <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
public abstract unsafe class ModelSession : IDisposable
{
    readonly Weights weights;
    readonly NativeArena? activations;  // null on a device of CUDA, which has its own
    readonly WorkerPool? pool;          // likewise
    bool isDisposed;

    /// <summary>Shares parameters and reserves activations.</summary>
    /// <param name="weights">Kept until the session is disposed, whatever their other owners do.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="activationBytes">Bytes of a call's activations at the largest dims.</param>
    /// <param name="hasCuda">Whether the model is compiled for devices of CUDA.</param>
    /// <exception cref="OutOfMemoryException">The system has not got that much.</exception>
    /// <exception cref="NotSupportedException">The device is one of CUDA, and the model is not compiled for it.
    /// </exception>
    protected ModelSession(Weights weights, Device device, long activationBytes, bool hasCuda = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(device);
        ModelTrainer.CheckTarget(weights.Layout, device, hasCuda);
        Device = device;
        PlannedBytes = activationBytes;
        Seed = 0;
        this.weights = weights.Acquire();
        try
        {
            if (device.IsCuda) return;
            activations = new NativeArena(activationBytes);
            pool = device.Pool;
        }
        catch
        {
            activations?.Dispose();
            this.weights.Dispose();
            throw;
        }
    }

    /// <summary>What random numbers are drawn by, the same ones in every call; 0 at first.</summary>
    public ulong Seed
    {
        get;
        set
        {
            field = value;
            (uint key0, uint key1) = Randomness.Key(value, 0);
            (RandomKey0, RandomKey1) = ((int)key0, (int)key1);
        }
    }

    /// <summary>What runs it on a device of CUDA; null on the processor.</summary>
    internal CudaInference? DeviceProgram { get; set; }

    internal (int, int) RandomKeys => (RandomKey0, RandomKey1);

    /// <summary>Half of what random numbers are drawn by.</summary>
    protected int RandomKey0 { get; private set; }

    /// <summary>The other half of what random numbers are drawn by.</summary>
    protected int RandomKey1 { get; private set; }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>Bytes of activations at the largest dims.</summary>
    public long PlannedBytes { get; }

    /// <summary>
    /// The parameters. They belong to the session: <see cref="Weights.Acquire"/> keeps them beyond its life.
    /// </summary>
    public Weights Weights
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return weights;
        }
    }

    /// <summary>[<see cref="ModelLayout.ArenaLength"/>] fp32.</summary>
    protected float* Parameters
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return weights.Data;
        }
    }

    /// <summary>The arena of a call's activations, at offsets planned by the compiler.</summary>
    protected float* Activations
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return (float*)(activations ?? throw ModelTrainer.NotOnHost()).Data;
        }
    }

    /// <summary>The device's threads.</summary>
    protected WorkerPool Pool
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return pool ?? throw ModelTrainer.NotOnHost();
        }
    }

    /// <summary>Frees the activations and lets go of the parameters. Again is harmless.</summary>
    public void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        DeviceProgram?.Dispose();
        activations?.Dispose();
        weights.Dispose();
        GC.SuppressFinalize(this);
    }
}
