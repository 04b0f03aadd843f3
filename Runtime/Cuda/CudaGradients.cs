using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>What is done with all gradients of a model on the device, before an update and around it.</summary>
/// <remarks>
/// <para><b>Numerics</b>: squares are summed in double, in blocks of fixed size, in a fixed order: equal gradients have
/// the same norm in every run. Everything else rounds as on the CPU.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use.</para>
/// <para><b>Errors</b>: addresses are not checked; arenas begin at multiples of 16 bytes. Gradients that are not finite
/// set <see cref="StepNumbers.Skip"/>.</para>
/// </remarks>
public static unsafe class CudaGradients
{
    const string File = "gradients";
    const int Block = 4096, Threads = 256;      // as in gradients.cu

    /// <summary>Bytes of scratch memory that <see cref="SquaredNorm"/> writes.</summary>
    /// <param name="length">Of the arena of gradients.</param>
    public static long ScratchBytes(long length) =>
        CudaElements.Aligned((long)CudaElements.Blocks(length, Block) * sizeof(double));

    /// <summary>Squares of all gradients, summed in blocks.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="gradients">[length] fp32.</param>
    /// <param name="length">Elements.</param>
    /// <param name="sums">[<see cref="ScratchBytes"/>]; overwritten.</param>
    public static void SquaredNorm(KernelLibrary library, CudaStream stream, ulong gradients, long length, ulong sums)
    {
        void** arguments = stackalloc void*[] { &sums, &gradients, &length };
        Launch(library, stream, "squared_norm", length, arguments);
    }

    /// <summary>Ends the norm and begins the update: the norm, the clip factor, whether all is finite, the number of
    /// the step and its corrections.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="numbers">One <see cref="StepNumbers"/>; changed.</param>
    /// <param name="sums">Of <see cref="SquaredNorm"/>.</param>
    /// <param name="length">Elements of the arena.</param>
    /// <param name="beta1">Of AdamW; 0 where there is none.</param>
    /// <param name="beta2">Of AdamW; 0 where there is none.</param>
    /// <param name="isSticky">Whether a skipped step also skips those after it, until the host has taken note.</param>
    public static void FinishNorm(KernelLibrary library, CudaStream stream, ulong numbers, ulong sums, long length,
        float beta1 = 0, float beta2 = 0, bool isSticky = false)
    {
        ArgumentNullException.ThrowIfNull(library);
        int blocks = CudaElements.Blocks(length, Block), sticky = isSticky ? 1 : 0;
        void** arguments = stackalloc void*[] { &numbers, &sums, &blocks, &beta1, &beta2, &sticky };
        library.Get(File, "finish_norm").Launch(stream, CudaLaunchShape.Of(1, 1024), arguments);
    }

    /// <summary>Cuts every gradient, times <see cref="StepNumbers.GradientScale"/>, to [-bound, bound]; what is
    /// infinite or no number stays so, to be found.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="gradients">[length] fp32; changed.</param>
    /// <param name="numbers">One <see cref="StepNumbers"/>.</param>
    /// <param name="length">Elements.</param>
    /// <param name="bound">Above 0.</param>
    public static void Clamp(KernelLibrary library, CudaStream stream, ulong gradients, ulong numbers, long length,
        float bound)
    {
        void** arguments = stackalloc void*[] { &gradients, &numbers, &length, &bound };
        Launch(library, stream, "clamp_gradients", length, arguments);
    }

    /// <summary>to = factor · from, or to += factor · from.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="from">[length] fp32.</param>
    /// <param name="to">[length] fp32; other memory than <paramref name="from"/>.</param>
    /// <param name="length">Elements.</param>
    /// <param name="factor">How much the micro-batch counts.</param>
    /// <param name="isFirst">Whether what <paramref name="to"/> held is lost.</param>
    public static void Add(KernelLibrary library, CudaStream stream, ulong from, ulong to, long length, float factor,
        bool isFirst)
    {
        int first = isFirst ? 1 : 0;
        void** arguments = stackalloc void*[] { &to, &from, &length, &factor, &first };
        Launch(library, stream, "add_gradients", length, arguments);
    }

    /// <summary>to = factor · from.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="from">[length] fp32.</param>
    /// <param name="to">[length] fp32; may be <paramref name="from"/>.</param>
    /// <param name="length">Elements.</param>
    /// <param name="factor">Such as 1 / the sum of the micro-batches' weights.</param>
    public static void Scale(KernelLibrary library, CudaStream stream, ulong from, ulong to, long length, float factor)
    {
        void** arguments = stackalloc void*[] { &to, &from, &length, &factor };
        Launch(library, stream, "scale_gradients", length, arguments);
    }

    /// <summary>average += part · (weights - average), unless the step is skipped.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="weights">[length] fp32.</param>
    /// <param name="average">[length] fp32; changed.</param>
    /// <param name="numbers">One <see cref="StepNumbers"/>.</param>
    /// <param name="length">Elements.</param>
    /// <param name="part">1 - the average's decay.</param>
    public static void Average(KernelLibrary library, CudaStream stream, ulong weights, ulong average, ulong numbers,
        long length, float part)
    {
        void** arguments = stackalloc void*[] { &average, &weights, &numbers, &length, &part };
        Launch(library, stream, "average_weights", length, arguments);
    }

    static void Launch(KernelLibrary library, CudaStream stream, string kernel, long length, void** arguments)
    {
        ArgumentNullException.ThrowIfNull(library);
        if (length == 0) return;
        library.Get(File, kernel).Launch(stream, CudaLaunchShape.Of(CudaElements.Blocks(length, Block), Threads),
            arguments);
    }
}
