using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>What an update on the device reads that changes from step to step. It lies in device memory, so a recorded
/// step stays as it is. The host writes the first <see cref="HostBytes"/> bytes; the rest belongs to
/// <see cref="CudaGradients.FinishNorm"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StepNumbers
{
    /// <summary>Bytes that the host writes before a step: those in front of <see cref="Step"/>.</summary>
    public const int HostBytes = 20;

    /// <summary>Learning rate.</summary>
    public float Rate;

    /// <summary>What gradients are multiplied by before anything else: 1, or 1 / the loss scale, or 1 / the sum of the
    /// micro-batches' weights.</summary>
    public float GradientScale;

    /// <summary>The largest norm; infinity for any.</summary>
    public float MaxNorm;

    /// <summary>First half of the key of stochastic rounding.</summary>
    public uint Key0;

    /// <summary>Second half of the key of stochastic rounding.</summary>
    public uint Key1;

    /// <summary>Updates done, this one too.</summary>
    public int Step;

    /// <summary>1 - beta1 to the power of the step.</summary>
    public float Correction1;

    /// <summary>√(1 - beta2 to the power of the step).</summary>
    public float Correction2;

    /// <summary>What an update multiplies gradients by: <see cref="GradientScale"/>, and less where the norm is too
    /// large.</summary>
    public float Scale;

    /// <summary>Norm of all gradients times <see cref="GradientScale"/>, before clipping.</summary>
    public float Norm;

    /// <summary>1 where a gradient is infinite or not a number: the update changes nothing.</summary>
    public int Skip;

    /// <summary>How many steps were skipped so far.</summary>
    public int Skipped;
}
