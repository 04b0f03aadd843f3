using System;
using System.Globalization;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Programs;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// What every generated trainer stands on: parameters, gradients, optimizer state and activations, each one block of
/// memory reserved at the start, and the part of a step that is the same for all models.
/// </summary>
/// <remarks>
/// <para><b>Memory</b>: <see cref="PlannedBytes"/> for as long as it lives; a step allocates nothing.</para>
/// <para><b>Errors</b>: a trainer serves one thread at a time. After <see cref="Dispose"/> everything throws
/// <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
public abstract unsafe partial class ModelTrainer : IDisposable
{
    readonly Weights weights;
    readonly MirroredArena gradients;
    readonly MirroredArena states;
    readonly NativeArena? activations;  // null on a device of CUDA, which has its own
    readonly NativeArena normSums;      // [blocks] double
    readonly WorkerPool? pool;          // likewise
    readonly long workersAllocatedBefore;
    readonly long callerAllocatedBefore;
    readonly int creator;
    readonly long fixedBytes;
    readonly UpdateTable updates;
    bool isDisposed;

    /// <summary>Reserves all memory and draws the initial parameters.</summary>
    /// <param name="layout">Where each parameter lies.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="seed">Initial parameters follow from it.</param>
    /// <param name="activationBytes">Bytes of a step's activations at the largest dims.</param>
    /// <param name="optimizer">Hyperparameters, and groups of parameters.</param>
    /// <param name="stateLength">Numbers the optimizer keeps, and room it works in; a multiple of 16.</param>
    /// <param name="secondOffsets">
    /// For each parameter where its part of a second state starts, or -1 where it is not updated element by element;
    /// empty for all, laid out as the parameters.
    /// </param>
    /// <param name="hasCuda">Whether the model is compiled for devices of CUDA.</param>
    /// <exception cref="OutOfMemoryException">The system has not got that much.</exception>
    /// <exception cref="ArgumentException">A group's pattern matches nothing that is trained.</exception>
    /// <exception cref="NotSupportedException">The device is one of CUDA, and the model is not compiled for it.
    /// </exception>
    protected ModelTrainer(ModelLayout layout, Device device, ulong seed, long activationBytes, Optimizer optimizer,
        long stateLength, ReadOnlySpan<long> secondOffsets = default, bool hasCuda = false)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(optimizer);
        CheckTarget(layout, device, hasCuda);
        Device = device;
        Optimizer = optimizer;
        Seed = seed;
        LearningRate = optimizer.LearningRate;
        fixedBytes = (layout.ArenaLength + layout.TrainableLength + stateLength) * sizeof(float) + activationBytes;
        try
        {
            updates = new UpdateTable(layout, optimizer, secondOffsets);
            weights = new Weights(layout);
            gradients = new MirroredArena(layout.TrainableStride * sizeof(float), device.IsCuda, "gradients");
            states = new MirroredArena(stateLength * sizeof(float), device.IsCuda, "the optimizer's state");
            if (!device.IsCuda) activations = new NativeArena(activationBytes);
            normSums = new NativeArena(SquaredNormWork.Blocks(layout.TrainableLength) * (long)sizeof(double));
            if (!device.IsCuda) pool = device.Pool;
            if (Float8Tensors > 0) _ = Float8State;     // not in the first step
            weights.Initialize(seed, device.Threads);
        }
        catch
        {
            Free();
            throw;
        }
        _ = PackingBuffers.OfThread;    // a thread's first product makes them: not in the first step
        creator = Environment.CurrentManagedThreadId;
        workersAllocatedBefore = WorkerPool.AllocatedForThisThread;
        callerAllocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    }

    /// <summary>
    /// Passes made since the start, or since <see cref="Load"/>: each draws random numbers of its own. Steps make one,
    /// or one for each micro-batch whose gradients are accumulated.
    /// </summary>
    public long PassCount { get; private set; }

    /// <summary>Half of what this pass draws random numbers by.</summary>
    protected int RandomKey0 { get; private set; }

    /// <summary>The other half of what this pass draws random numbers by.</summary>
    protected int RandomKey1 { get; private set; }

    /// <summary>Starts a pass with random numbers of its own.</summary>
    protected void BeginPass()
    {
        (uint key0, uint key1) = Randomness.Key(Seed, PassCount++);
        (RandomKey0, RandomKey1) = ((int)key0, (int)key1);
    }

    /// <summary>Updates done since the start, or since <see cref="Load"/>.</summary>
    public int StepCount { get; private set; }

    /// <summary>What the parameters were first drawn from.</summary>
    public ulong Seed { get; private set; }

    /// <summary>Hyperparameters and groups of parameters.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>
    /// Step size of the optimizer; finite, at least 0. A <see cref="Schedule"/> sets it at every update.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public float LearningRate
    {
        get;
        set => field = Hyperparameter.NotNegative(value, nameof(LearningRate));
    }

    /// <summary>Sets the learning rate at every update; null leaves it as it is.</summary>
    public ISchedule? Schedule { get; set; }

    /// <summary>
    /// Length of the last step's gradient, all parameters taken as one vector, before clipping; 0 before the first
    /// step.
    /// </summary>
    public float GradientNorm { get; private set; }

    /// <summary>
    /// Longer gradients are scaled down to this length; null leaves all as they are. Source: Pascanu et al. (2013),
    /// section
    /// 3.2.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public float? MaxGradientNorm
    {
        get;
        set => field = value is { } norm ? Hyperparameter.Positive(norm, nameof(MaxGradientNorm)) : null;
    }

    /// <summary>
    /// The parameters being trained. They belong to the trainer: <see cref="Weights.Acquire"/> keeps them beyond its
    /// life.
    /// </summary>
    public Weights Weights
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return weights;
        }
    }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>Numbers that the optimizer keeps, and room it works in.</summary>
    internal long OptimizerLength => states.Length / sizeof(float);

    /// <summary>
    /// Bytes of parameters, gradients, optimizer state and activations at the largest dims, and of what
    /// <see cref="AverageWeights"/> and accumulated gradients have added.
    /// </summary>
    public long PlannedBytes => fixedBytes
        + (float8State?.Length ?? 0)
        + (average is null ? 0 : weights.Layout.ArenaLength * sizeof(float))
        + (waiting is null ? 0 : weights.Layout.TrainableLength * sizeof(float));

    /// <summary>
    /// Memory and kernels of a step at the largest dims; null where the trainer is not a generated one.
    /// </summary>
    public virtual ModelPlan? Plan => null;

    /// <summary>
    /// Bytes allocated on the managed heap since this trainer was made: by the creating thread, and by workers for it.
    /// Under the just-in-time compiler, what the runtime itself keeps for code that runs for the first time may be
    /// among them.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Read by another thread than the one that made the trainer.
    /// </exception>
    public long AllocatedBytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (Environment.CurrentManagedThreadId != creator)
            {
                throw new InvalidOperationException(
                    $"AllocatedBytes was read on thread {Environment.CurrentManagedThreadId}, but the runtime counts " +
                        "for each thread " +
                    $"by itself and this trainer was made on thread {creator}. Read it there; " +
                    $"after an await a program may go on on another thread.");
            }
            long caller = GC.GetAllocatedBytesForCurrentThread() - callerAllocatedBefore;
            return caller + WorkerPool.AllocatedForThisThread - workersAllocatedBefore;
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

    /// <summary>[<see cref="ModelLayout.TrainableLength"/>] fp32, laid out as the parameters.</summary>
    protected float* Gradients
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return (float*)gradients.Host;
        }
    }

    /// <summary>The arena of a step's activations, at offsets planned by the compiler; null where a device of CUDA has
    /// it.</summary>
    protected float* Activations
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return activations is null ? null : (float*)activations.Data;
        }
    }

    /// <summary>The device's threads.</summary>
    protected WorkerPool Pool
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return pool ?? throw NotOnHost();
        }
    }

    /// <summary>The elements of one parameter, row-major; valid until the trainer is disposed.</summary>
    /// <param name="name">
    /// Name of a tensor, such as blocks.3.up.weight; with stars, of a stacked parameter as a whole.
    /// </param>
    /// <exception cref="System.Collections.Generic.KeyNotFoundException">There is none of that name.</exception>
    public ReadOnlySpan<float> Parameter(string name) => weights.Layout.Slice(Parameters, name);

    /// <summary>
    /// The last gradient of one parameter, before clipping, row-major; zeros before the first step; valid until the
    /// trainer is disposed.
    /// </summary>
    /// <param name="name">
    /// Name of a tensor, such as blocks.3.up.weight; with stars, of a stacked parameter as a whole.
    /// </param>
    /// <exception cref="System.Collections.Generic.KeyNotFoundException">
    /// There is none of that name, or it is frozen.
    /// </exception>
    public ReadOnlySpan<float> Gradient(string name) => weights.Layout.SliceOfTrainable(Gradients, name);

    /// <summary>
    /// Writes the parameters, without the optimizer's state, to a safetensors file, which is replaced as a whole or
    /// left as it was.
    /// </summary>
    /// <param name="path">Of the file; its folder must exist.</param>
    /// <exception cref="System.IO.IOException">The file cannot be written.</exception>
    public void Save(string path) => Weights.Save(path);

    /// <summary>
    /// Reads the parameters and starts training afresh from them: optimizer state and <see cref="StepCount"/> go back
    /// to
    /// 0.
    /// </summary>
    /// <param name="path">Of a safetensors file.</param>
    /// <exception cref="Checkpoints.CheckpointException">
    /// The file is damaged or of another model; the trainer is as before.
    /// </exception>
    /// <exception cref="System.IO.IOException">The file cannot be read.</exception>
    public void Load(string path)
    {
        Weights.Load(path);
        states.Clear();
        StepCount = 0;
        PassCount = 0;
        (SkippedSteps, goodSteps) = (0, 0);
        float8State?.Clear();
        GradientNorm = 0;
        DiscardGradients();
        Restarted();
        average?.CopyFrom(weights);
    }

    /// <summary>
    /// Frees gradients, optimizer state and activations, and the parameters unless a session shares them. Again is
    /// harmless.
    /// </summary>
    public void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        FreeDevice();
        updates?.Dispose();
        average?.Dispose();
        waiting?.Dispose();
        weights?.Dispose();
        gradients?.Dispose();
        states?.Dispose();
        float8State?.Dispose();
        activations?.Dispose();
        normSums?.Dispose();
    }
}
