using System;
using System.Globalization;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Programs;

namespace ModelCompiler.Runtime.Training;

/// <content>From gradients to parameters: clipping, accumulation, groups, averages.</content>
public abstract unsafe partial class ModelTrainer
{
    MirroredArena? waiting;       // [TrainableLength]: weighted sums of micro-batches' gradients
    Weights? average;
    double sumOfWeights;
    bool hasGradients, isApplying;

    /// <summary>
    /// Every gradient's elements are cut to [-this, this] before its length is measured; null leaves all as they are.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public float? MaxGradientValue
    {
        get;
        set => field = value is { } most ? Hyperparameter.Positive(most, nameof(MaxGradientValue)) : null;
    }

    /// <summary>
    /// Micro-batches that wait for <see cref="ApplyGradients"/>.
    /// </summary>
    public int AccumulatedCount { get; private set; }

    /// <summary>How much of the averaged weights stays at each update; null without an average.</summary>
    public float? AverageDecay { get; private set; }

    /// <summary>
    /// Keeps an exponential moving average of all parameters, from their present numbers on: after each update it is
    /// decay · average + (1 - decay) · parameters.
    /// </summary>
    /// <param name="decay">How much of it stays at each update, in [0, 1); 0.999 looks back about 1,000 steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    /// <exception cref="OutOfMemoryException">The system has not got the memory.</exception>
    /// <remarks>
    /// <para><b>Source</b>: Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging (1992).</para>
    /// <para><b>Memory</b>: one number for each parameter, reserved here; called again it only changes the
    /// decay.</para>
    /// </remarks>
    /// <example><code>
    /// trainer.AverageWeights(0.999f);
    /// using var session = trainer.CreateAveragedSession();
    /// </code></example>
    public void AverageWeights(float decay)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        AverageDecay = Hyperparameter.Fraction(decay);
        if (average is not null) return;
        average = new Weights(weights.Layout);
        average.CopyFrom(weights);
    }

    /// <summary>The averaged parameters. They belong to the trainer.</summary>
    /// <exception cref="InvalidOperationException"><see cref="AverageWeights"/> has not been called.</exception>
    public Weights AveragedWeights
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return average ?? throw new InvalidOperationException(
                "This trainer keeps no average of its parameters. Call AverageWeights(decay) before training.");
        }
    }

    /// <summary>
    /// Updates every parameter by the mean of the gradients that AccumulateGradients has added up, or, if there are
    /// none, by those of the last ComputeGradients. Allocates nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">No gradient has been computed since the last update.</exception>
    /// <exception cref="ArithmeticException">
    /// A gradient is infinite or not a number. No parameter has changed.
    /// </exception>
    public void ApplyGradients()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (DeviceProgram is { } program)
        {
            ApplyOnDevice(program);
            return;
        }
        if (AccumulatedCount > 0)
        {
            var mean = new ScaleGradients
            {
                from = (float*)waiting!.Host, to = Gradients, length = weights.Layout.TrainableLength,
                factor = (float)(1 / sumOfWeights),
            };
            Pool.Run(mean, SquaredNormWork.Blocks(mean.length), grain: 4);
        }
        else CheckThatThereAreGradients();
        isApplying = true;
        try
        {
            Update();
        }
        finally
        {
            isApplying = false;
        }
        DiscardGradients();
        GC.KeepAlive(this);
    }

    /// <summary>Forgets the gradients that wait for <see cref="ApplyGradients"/>.</summary>
    public void DiscardGradients()
    {
        AccumulatedCount = 0;
        sumOfWeights = 0;
        hasGradients = false;
    }

    /// <summary>Changes every parameter by its gradient: generated.</summary>
    protected abstract void Update();

    /// <summary>Numbers that the optimizer keeps, and room it works in; zeros at first.</summary>
    protected float* OptimizerState
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return (float*)states.Host;
        }
    }

    /// <summary>[<see cref="UpdateBlockCount"/>]: the parameters that are updated element by element.</summary>
    protected UpdateBlock* UpdateBlocks => updates.Blocks;

    /// <summary>How many <see cref="UpdateBlocks"/> there are.</summary>
    protected int UpdateBlockCount => updates.Count;

    /// <summary>Settings of a parameter's tensors.</summary>
    /// <param name="first">The first one's place among all tensors of the layout.</param>
    /// <param name="count">How many.</param>
    protected ReadOnlySpan<GroupSettings> Settings(int first, int count) => updates.Settings.AsSpan(first, count);

    /// <summary>Notes that gradients have been computed and not yet used.</summary>
    protected void KeepGradients() => hasGradients = true;

    /// <summary>Adds the gradients to those that wait.</summary>
    /// <param name="weight">How much this micro-batch counts, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight that is not above 0.</exception>
    protected void AddGradients(float weight)
    {
        MirroredArena waiting = Waiting;
        var add = new AddGradientsWork
        {
            from = Gradients, to = (float*)waiting.Host, length = weights.Layout.TrainableLength, factor = weight,
            isFirst = AccumulatedCount == 0,
        };
        Pool.Run(add, SquaredNormWork.Blocks(add.length), grain: 4);
        AccumulatedCount++;
        sumOfWeights += weight;
    }

    /// <summary>Checks how much a micro-batch counts, before it is computed.</summary>
    /// <param name="weight">Finite, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">Anything else.</exception>
    protected static void CheckWeight(float weight) => Hyperparameter.Positive(weight);

    /// <summary>Starts an update: asks the schedule, clips and measures the gradient, counts the step.</summary>
    /// <returns>
    /// What gradients must be multiplied by: 1, or less where <see cref="MaxGradientNorm"/> asks for it; 0 for a step
    /// that is skipped.
    /// </returns>
    /// <exception cref="ArithmeticException">
    /// A gradient is infinite or not a number. No parameter has changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">Micro-batches wait for <see cref="ApplyGradients"/>.</exception>
    /// <remarks><para><b>Numerics</b>: squares are summed in double in blocks of fixed size, so the norm is the same
    /// for any number of threads.</para></remarks>
    protected float BeginUpdate()
    {
        CheckThatNothingWaits();
        if (Schedule is { } schedule) LearningRate = Scheduled(schedule);
        var work = new SquaredNormWork
        {
            x = Gradients, sums = (double*)normSums.Data, length = weights.Layout.TrainableLength,
        };
        int blocks = SquaredNormWork.Blocks(work.length);
        if (MaxGradientValue is { } bound)
            Pool.Run(new ClampGradients { x = work.x, length = work.length, bound = bound }, blocks, grain: 4);
        Pool.Run(work, blocks, grain: 4);
        double square = 0;
        for (int i = 0; i < blocks; i++) square += work.sums[i];
        double norm = Math.Sqrt(square);
        GradientNorm = (float)norm;
        if (!double.IsFinite(norm) && !SkipStep()) throw NotFinite();
        if (WasSkipped) return 0;
        StepCount++;
        CountGoodStep();
        return MaxGradientNorm is { } most && norm > most ? (float)(most / norm) : 1;
    }

    void CheckThatThereAreGradients()
    {
        if (hasGradients) return;
        throw new InvalidOperationException("There is no gradient to apply since the last update. Call " +
            "AccumulateGradients or ComputeGradients first; Step does everything in one.");
    }

    /// <summary>Weighted sums of micro-batches' gradients.</summary>
    internal MirroredArena Waiting => waiting ??= new MirroredArena(weights.Layout.TrainableStride * sizeof(float),
        Device.IsCuda, "accumulated gradients");

    void CheckThatNothingWaits()
    {
        if (AccumulatedCount > 0 && !isApplying)
        {
            throw new InvalidOperationException($"{AccumulatedCount} accumulated micro-batches wait, and Step does " +
                "not use them. Call ApplyGradients() for them, or DiscardGradients().");
        }
    }

    /// <summary>Ends an update: the average follows the parameters.</summary>
    protected void EndUpdate()
    {
        hasGradients = false;
        weights.Memory.HostChanged();
        if (average is null) return;
        var work = new AverageWork
        {
            weights = weights.Data, average = average.Data, length = weights.Layout.ArenaLength,
            part = 1 - AverageDecay!.Value,
        };
        Pool.Run(work, SquaredNormWork.Blocks(work.length), grain: 4);
    }

    float Scheduled(ISchedule schedule)
    {
        float rate = schedule.At(StepCount + 1);
        if (float.IsFinite(rate) && rate >= 0) return rate;
        throw new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
            $"Step {StepCount + 1}: {schedule.GetType().Name} gives the learning rate {rate}; it must be finite and " +
            $"at least 0. No parameter was changed. Check the schedule's formula for this step."));
    }

    ArithmeticException NotFinite()
    {
        float* start = Gradients;
        foreach (TensorLayout tensor in weights.Layout.Tensors)
        {
            if (weights.Layout.IsFrozen(tensor.Parameter)) continue;
            for (long i = 0; i < tensor.Length; i++)
            {
                float value = start[tensor.Offset + i];
                if (float.IsFinite(value)) continue;
                // Before the first update the learning rate cannot have done it.
                string wayOut = StepCount == 0 ? "Check the inputs for NaN and infinities, and the loss."
                    : string.Create(CultureInfo.InvariantCulture, $"Lower the learning rate, now {LearningRate}, or " +
                        $"set MaxGradientNorm from the start, and check the inputs and the loss.");
                return new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
                    $"Step {StepCount + 1}: the gradient of {tensor.Name} {tensor.ShapeText} is {value} " +
                    $"at element {i}; no parameter was changed. {wayOut} " +
                    $"CheckNumbers = true shows where it comes from."));
            }
        }
        return new ArithmeticException(
            $"Step {StepCount + 1}: the padding between gradients is not finite. " +
            "Generated code has written outside of its tensors; please report this.");
    }
}
