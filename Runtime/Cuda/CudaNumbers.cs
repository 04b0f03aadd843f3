using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Looks for numbers that are not finite in a tensor on the device.</summary>
/// <remarks>
/// <para><b>Numerics</b>: what is found does not depend on the order of threads.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use.</para>
/// <para><b>Errors</b>: addresses are not checked.</para>
/// </remarks>
public static unsafe class CudaNumbers
{
    const int Threads = 256, MostBlocks = 2048;     // the first as in numbers.cu

    /// <summary>What is left where every element is finite.</summary>
    public const ulong None = ulong.MaxValue;

    /// <summary>Leaves the place of the first element that is infinite or not a number.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="type">Of the elements: fp32, bf16 or f16.</param>
    /// <param name="values">[length].</param>
    /// <param name="length">Elements.</param>
    /// <param name="mayBeInfinite">Whether infinities are let through.</param>
    /// <param name="first">One number of 64 bits on the device: the place, or <see cref="None"/>; overwritten.</param>
    public static void FindNotFinite(KernelLibrary library, CudaStream stream, CudaDataType type, ulong values,
        long length, bool mayBeInfinite, ulong first)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Fill(first, uint.MaxValue, sizeof(ulong) / sizeof(uint));
        if (length == 0) return;
        int infinite = mayBeInfinite ? 1 : 0;
        void** arguments = stackalloc void*[] { &values, &length, &infinite, &first };
        int blocks = (int)Math.Min((length + Threads - 1) / Threads, MostBlocks);
        library.Get("numbers", "first_not_finite", CudaElements.Define(type)).Launch(stream,
            CudaLaunchShape.Of(blocks, Threads), arguments);
    }
}
