using System;
using System.Globalization;
using ModelCompiler.Runtime.Cpu;
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
public abstract unsafe class ModelTrainer : IDisposable
{
    readonly Weights weights;
    readonly NativeArena gradients;
    readonly NativeArena states;
    readonly NativeArena activations;
    readonly NativeArena normSums;      // [blocks] double
    readonly WorkerPool pool;
    readonly long workersAllocatedBefore;
    readonly long callerAllocatedBefore;
    readonly int creator;
    readonly int stateCount;
    bool isDisposed;

    /// <summary>Reserves all memory and draws the initial parameters.</summary>
    /// <param name="layout">Where each parameter lies.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="seed">Initial parameters follow from it.</param>
    /// <param name="activationBytes">Bytes of a step's activations at the largest dims.</param>
    /// <param name="optimizerStates">Numbers the optimizer keeps for each parameter.</param>
    /// <param name="learningRate">The first steps' learning rate.</param>
    /// <exception cref="OutOfMemoryException">The system has not got that much.</exception>
    protected ModelTrainer(ModelLayout layout, Device device, ulong seed, long activationBytes, int optimizerStates,
        float learningRate)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        LearningRate = learningRate;
        stateCount = optimizerStates;
        long bytes = layout.Stride * sizeof(float);
        PlannedBytes = layout.ArenaLength * sizeof(float) * (2 + optimizerStates) + activationBytes;
        try
        {
            weights = new Weights(layout);
            gradients = new NativeArena(bytes);
            states = new NativeArena(bytes * optimizerStates);
            activations = new NativeArena(activationBytes);
            normSums = new NativeArena(SquaredNormWork.Blocks(layout.ArenaLength) * (long)sizeof(double));
            pool = device.Pool;
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

    /// <summary>Steps done since the start, or since <see cref="Load"/>.</summary>
    public int StepCount { get; private set; }

    /// <summary>Step size of the optimizer; finite, at least 0. Set it before each step to follow a schedule.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public float LearningRate
    {
        get;
        set => field = Hyperparameter.NotNegative(value, nameof(LearningRate));
    }

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

    /// <summary>Numbers that the optimizer keeps for each parameter.</summary>
    internal int OptimizerStates => stateCount;

    /// <summary>Bytes of parameters, gradients, optimizer state and activations at the largest dims.</summary>
    public long PlannedBytes { get; }

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

    /// <summary>[<see cref="ModelLayout.ArenaLength"/>] fp32, laid out as the parameters.</summary>
    protected float* Gradients
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return (float*)gradients.Data;
        }
    }

    /// <summary>The arena of a step's activations, at offsets planned by the compiler.</summary>
    protected float* Activations
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return (float*)activations.Data;
        }
    }

    /// <summary>The device's threads.</summary>
    protected WorkerPool Pool
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return pool;
        }
    }

    /// <summary>
    /// [<see cref="ModelLayout.ArenaLength"/>] fp32: what the optimizer keeps for each parameter; zeros at first.
    /// </summary>
    /// <param name="index">Which of them, from 0.</param>
    protected float* State(int index)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, stateCount);
        return (float*)states.Data + index * weights.Layout.Stride;
    }

    /// <summary>Starts an update: measures the gradient, counts the step.</summary>
    /// <returns>
    /// What gradients must be multiplied by: 1, or less where <see cref="MaxGradientNorm"/> asks for it.
    /// </returns>
    /// <exception cref="ArithmeticException">
    /// A gradient is infinite or not a number. No parameter has changed.
    /// </exception>
    /// <remarks><para><b>Numerics</b>: squares are summed in double in blocks of fixed size, so the norm is the same
    /// for any number of threads.</para></remarks>
    protected float BeginUpdate()
    {
        var work = new SquaredNormWork { x = Gradients, sums = (double*)normSums.Data,
            length = weights.Layout.ArenaLength };
        int blocks = SquaredNormWork.Blocks(work.length);
        pool.Run(work, blocks, grain: 4);
        double square = 0;
        for (int i = 0; i < blocks; i++) square += work.sums[i];
        double norm = Math.Sqrt(square);
        GradientNorm = (float)norm;
        if (!double.IsFinite(norm)) throw NotFinite();
        StepCount++;
        return MaxGradientNorm is { } most && norm > most ? (float)(most / norm) : 1;
    }

    ArithmeticException NotFinite()
    {
        float* start = Gradients;
        foreach (TensorLayout tensor in weights.Layout.Tensors)
        {
            for (long i = 0; i < tensor.Length; i++)
            {
                float value = start[tensor.Offset + i];
                if (float.IsFinite(value)) continue;
                return new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
                    $"Step {StepCount + 1}: the gradient of {tensor.Name} {tensor.ShapeText} is {value} " +
                    $"at element {i}; no parameter was changed. Lower the learning rate, now {LearningRate}, " +
                    $"or set MaxGradientNorm from the start, and check the inputs and the loss."));
            }
        }
        return new ArithmeticException(
            $"Step {StepCount + 1}: the padding between gradients is not finite. " +
            "Generated code has written outside of its tensors; please report this.");
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
    /// <exception cref="System.Collections.Generic.KeyNotFoundException">There is none of that name.</exception>
    public ReadOnlySpan<float> Gradient(string name) => weights.Layout.Slice(Gradients, name);

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
        GradientNorm = 0;
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
        weights?.Dispose();
        gradients?.Dispose();
        states?.Dispose();
        activations?.Dispose();
        normSums?.Dispose();
    }
}
