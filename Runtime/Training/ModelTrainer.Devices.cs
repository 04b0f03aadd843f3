using System;
using System.Globalization;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Programs;

namespace ModelCompiler.Runtime.Training;

/// <content>What a trainer shares with its program on a device of CUDA.</content>
public abstract unsafe partial class ModelTrainer
{
    /// <summary>What runs the steps on a device of CUDA; null on the processor.</summary>
    internal CudaTraining? DeviceProgram { get; set; }

    internal MirroredArena GradientMemory => gradients;

    internal MirroredArena StateMemory => states;

    internal UpdateTable Updates => updates;

    internal bool HasDisposed => isDisposed;

    internal (int, int) RandomKeys => (RandomKey0, RandomKey1);

    /// <summary>
    /// Waits until a device of CUDA has done all steps that were asked for: there a step returns the loss of the one
    /// before, so that the device never waits for the host.
    /// </summary>
    /// <returns>The last pass's loss; NaN before the first, and on the processor, where each step has returned its own.
    /// </returns>
    /// <exception cref="ArithmeticException">A gradient was not finite; no parameter has changed since.</exception>
    /// <exception cref="CudaException">The device has failed.</exception>
    public float Synchronize()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return DeviceProgram is { } program ? program.Synchronize() : float.NaN;
    }

    /// <summary>Says that a device is none that a model was compiled for.</summary>
    internal static void CheckTarget(ModelLayout layout, Device device, bool hasCuda)
    {
        if (device.IsCuda && !hasCuda)
            throw new NotSupportedException($"{layout.Name} is compiled for the processor alone, and {device} was " +
                "given. Write [Targets(Target.Cpu | Target.Cuda)] on the class, or use Device.Cpu.");
    }

    internal static InvalidOperationException NotOnHost() => new(
        "This belongs to the processor's program, and the model runs on a device of CUDA. Please report this.");

    /// <summary>Before a step on a device: what BeginUpdate does on the processor.</summary>
    internal void BeginStepOnDevice()
    {
        CheckThatNothingWaits();
        if (Schedule is { } schedule) LearningRate = Scheduled(schedule);
    }

    /// <summary>A step was launched on a device.</summary>
    internal void CountStepOnDevice() => StepCount++;

    /// <summary>Steps have turned out not to be done: they do not count.</summary>
    internal void TakeBack(int steps) => StepCount -= steps;

    internal void BeginPassOnDevice() => BeginPass();

    /// <summary>A pass could not be launched: the next draws its random numbers.</summary>
    internal void TakeBackPass() => PassCount--;

    /// <summary>Whether a pass was launched on a device of which nothing is known yet.</summary>
    internal bool IsBehind => DeviceProgram is { IsBehind: true };

    internal void Measured(float norm) => GradientNorm = norm;

    internal void CountMicroBatch(float weight)
    {
        AccumulatedCount++;
        sumOfWeights += weight;
    }

    internal Weights? Average => average;

    internal bool ScalesLossOnDevice => ScalesLoss;

    /// <summary>The loss's scale, and the good steps since it changed.</summary>
    internal (float, int) LossScaling => (LossScale, goodSteps);

    /// <summary>What a device has made of the loss's scale.</summary>
    internal void Scaled(float scale, int steps)
    {
        if (ScalesLoss) (lossScale, goodSteps) = (scale, steps);
    }

    /// <summary>A step was skipped on a device.</summary>
    internal void SkippedOnDevice()
    {
        SkippedSteps++;
        StepCount--;
    }

    void ApplyOnDevice(CudaTraining program)
    {
        float scale = 1;
        if (AccumulatedCount > 0) scale = (float)(1 / sumOfWeights);
        else CheckThatThereAreGradients();
        isApplying = true;
        try
        {
            program.Apply(AccumulatedCount > 0, scale);
        }
        finally
        {
            isApplying = false;
        }
        DiscardGradients();
    }

    internal void KeepGradientsOfDevice() => KeepGradients();

    internal ArithmeticException NotFiniteOnDevice()
    {
        float* start = Gradients;
        for (long i = 0; i < weights.Layout.TrainableLength; i++)
            if (!float.IsFinite(start[i])) return NotFinite();
        return new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
            $"Step {StepCount + 1}: the gradient was infinite or not a number; no parameter was changed. Lower the " +
            $"learning rate, now {LearningRate}, or set MaxGradientNorm from the start, and check the inputs and the " +
            $"loss. CheckNumbers = true shows where it comes from."));
    }

    void Restarted() => DeviceProgram?.Restart();

    void FreeDevice()
    {
        if (DeviceProgram is not { } program) return;
        // Others may still use the weights: on the device, or on the host, to which they copy by themselves.
        try { program.Stream.Synchronize(); } catch (CudaException) { /* a lost device has nothing to wait for */ }
        weights.Memory.StreamEnds(program.Stream);
        average?.Memory.StreamEnds(program.Stream);
        program.Dispose();
    }
}
