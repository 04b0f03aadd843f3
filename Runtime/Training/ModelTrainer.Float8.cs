using System;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda.Programs;

namespace ModelCompiler.Runtime.Training;

/// <content>Scales of tensors in 8 bits, which follow the largest magnitudes of the last steps.</content>
public abstract unsafe partial class ModelTrainer
{
    MirroredArena? float8State;       // [Float8Tensors, Float8Scaling.StateLength]

    /// <summary>Tensors in 8 bits that a step makes: generated.</summary>
    protected virtual int Float8Tensors => 0;

    /// <summary>[<see cref="Float8Tensors"/>, <see cref="Float8Scaling.StateLength"/>].</summary>
    protected float* Float8State
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return (float*)Float8Memory.Host;
        }
    }

    internal MirroredArena Float8Memory => float8State ??= new MirroredArena(
        Float8Tensors * (long)Float8Scaling.StateLength * sizeof(float), Device.IsCuda, "scales of tensors in 8 bits");

    internal int Float8Count => Float8Tensors;

    /// <summary>After the gradients: the scales of the next step.</summary>
    protected void UpdateFloat8Scales() => Float8Scaling.Update(Float8State, Float8Tensors);
}
