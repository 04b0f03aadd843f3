using System;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Updates of all parameters at once on the device, element by element: the twins of what is generated for the
/// CPU.</summary>
/// <remarks>
/// <para>The learning rate, the corrections of the step, the clip factor and whether the step is skipped are read from
/// <see cref="StepNumbers"/> in device memory, so a launch can be recorded once.</para>
/// <para><b>Numerics</b>: fp32 throughout, every operation rounded as on the CPU: the same bits. The copy of the
/// weights that a step computes with is rounded in the same pass, to nearest or by chance; by chance, a weight's
/// expected value is its own, and the draw depends on the step, the key and the element's place only.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use.</para>
/// </remarks>
public static unsafe class CudaOptimizer
{
    const string File = "optimizer";
    const int Threads = 256;

    /// <summary>AdamW with decoupled weight decay (Loshchilov and Hutter, 2019), bias-corrected.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="numbers">One <see cref="StepNumbers"/>.</param>
    /// <param name="blocks">[blockCount] <see cref="UpdateBlock"/>.</param>
    /// <param name="blockCount">How many.</param>
    /// <param name="weights">[arena] fp32; changed.</param>
    /// <param name="gradients">[arena] fp32.</param>
    /// <param name="mean">[arena] fp32; changed.</param>
    /// <param name="square">[arena] fp32, or what <see cref="UpdateBlock.Second"/> points into; changed.</param>
    /// <param name="beta1">How much of the mean stays.</param>
    /// <param name="beta2">How much of the mean square stays.</param>
    /// <param name="epsilon">Added to the root of the mean square.</param>
    /// <param name="rateFactor">The learning rate as a multiple of <see cref="StepNumbers.Rate"/>.</param>
    /// <param name="copy">[arena] of <paramref name="copyType"/>: the rounded weights; 0 for none.</param>
    /// <param name="copyType">bf16 or f16; fp32 for no copy.</param>
    /// <param name="isStochastic">Whether the copy is rounded by chance.</param>
    public static void AdamW(KernelLibrary library, CudaStream stream, ulong numbers, ulong blocks, int blockCount,
        ulong weights, ulong gradients, ulong mean, ulong square, float beta1, float beta2, float epsilon,
        float rateFactor = 1, ulong copy = 0, CudaDataType copyType = CudaDataType.Float32, bool isStochastic = false)
    {
        int chance = isStochastic ? 1 : 0;
        void** arguments = stackalloc void*[]
        {
            &blocks, &numbers, &weights, &gradients, &mean, &square, &copy, &beta1, &beta2, &epsilon, &rateFactor,
            &chance,
        };
        Launch(library, stream, "adamw", copyType, blockCount, arguments);
    }

    /// <summary>Stochastic gradient descent with momentum; weight decay is added to the gradient.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="numbers">One <see cref="StepNumbers"/>.</param>
    /// <param name="blocks">[blockCount] <see cref="UpdateBlock"/>.</param>
    /// <param name="blockCount">How many.</param>
    /// <param name="weights">[arena] fp32; changed.</param>
    /// <param name="gradients">[arena] fp32.</param>
    /// <param name="velocity">[arena] fp32; changed.</param>
    /// <param name="momentum">How much of the velocity stays.</param>
    /// <param name="isNesterov">Whether steps look ahead along the velocity.</param>
    /// <param name="copy">[arena] of <paramref name="copyType"/>: the rounded weights; 0 for none.</param>
    /// <param name="copyType">bf16 or f16; fp32 for no copy.</param>
    /// <param name="isStochastic">Whether the copy is rounded by chance.</param>
    public static void Sgd(KernelLibrary library, CudaStream stream, ulong numbers, ulong blocks, int blockCount,
        ulong weights, ulong gradients, ulong velocity, float momentum, bool isNesterov, ulong copy = 0,
        CudaDataType copyType = CudaDataType.Float32, bool isStochastic = false)
    {
        int nesterov = isNesterov ? 1 : 0, chance = isStochastic ? 1 : 0;
        void** arguments = stackalloc void*[]
        {
            &blocks, &numbers, &weights, &gradients, &velocity, &copy, &momentum, &nesterov, &chance,
        };
        Launch(library, stream, "sgd", copyType, blockCount, arguments);
    }

    /// <summary>Steps of the sign of an interpolated momentum (Chen et al., 2023), with decoupled weight decay.
    /// </summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="numbers">One <see cref="StepNumbers"/>.</param>
    /// <param name="blocks">[blockCount] <see cref="UpdateBlock"/>.</param>
    /// <param name="blockCount">How many.</param>
    /// <param name="weights">[arena] fp32; changed.</param>
    /// <param name="gradients">[arena] fp32.</param>
    /// <param name="mean">[arena] fp32; changed.</param>
    /// <param name="beta1">How much of the momentum is in the step's direction.</param>
    /// <param name="beta2">How much of the momentum stays.</param>
    /// <param name="copy">[arena] of <paramref name="copyType"/>: the rounded weights; 0 for none.</param>
    /// <param name="copyType">bf16 or f16; fp32 for no copy.</param>
    /// <param name="isStochastic">Whether the copy is rounded by chance.</param>
    public static void Lion(KernelLibrary library, CudaStream stream, ulong numbers, ulong blocks, int blockCount,
        ulong weights, ulong gradients, ulong mean, float beta1, float beta2, ulong copy = 0,
        CudaDataType copyType = CudaDataType.Float32, bool isStochastic = false)
    {
        int chance = isStochastic ? 1 : 0;
        void** arguments = stackalloc void*[]
        {
            &blocks, &numbers, &weights, &gradients, &mean, &copy, &beta1, &beta2, &chance,
        };
        Launch(library, stream, "lion", copyType, blockCount, arguments);
    }

    /// <summary>The rounded copy of weights that were not changed by an update, as after loading them.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="weights">[length] fp32.</param>
    /// <param name="copy">[length] of <paramref name="copyType"/>.</param>
    /// <param name="copyType">bf16, f16 or fp32.</param>
    /// <param name="length">Elements.</param>
    public static void CopyWeights(KernelLibrary library, CudaStream stream, ulong weights, ulong copy,
        CudaDataType copyType, long length)
    {
        void** arguments = stackalloc void*[] { &copy, &weights, &length };
        Launch(library, stream, "copy_weights", copyType, CudaElements.Blocks(length, 4 * Threads), arguments);
    }

    static void Launch(KernelLibrary library, CudaStream stream, string kernel, CudaDataType copyType, int blocks,
        void** arguments)
    {
        ArgumentNullException.ThrowIfNull(library);
        if (blocks == 0) return;
        string define = copyType switch
        {
            CudaDataType.Float32 => "COPY=float",
            CudaDataType.BFloat16 => "COPY=bf16",
            CudaDataType.Float16 => "COPY=f16",
            _ => throw CudaElements.Unsupported(copyType),
        };
        library.Get(File, kernel, define).Launch(stream, CudaLaunchShape.Of(blocks, Threads), arguments);
    }
}
