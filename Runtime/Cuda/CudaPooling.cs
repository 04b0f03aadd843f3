using System;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Poolings of images on the device, and their gradients: the twins of <see cref="Pooling"/>.</summary>
/// <remarks>
/// <para><b>Numerics</b>: fp32 sums in the CPU's order, so fp32 has its bits; only windows of more than 256 elements
/// are averaged in another, fixed order. 16-bit elements are rounded once, when they are stored.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use.</para>
/// <para><b>Errors</b>: lengths and addresses are not checked.</para>
/// </remarks>
public static unsafe class CudaPooling
{
    const string File = "pooling";
    const int Threads = 256, MostOfThread = 256;

    /// <summary>y = the mean of each window.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of all operands: fp32, bf16 or f16.</param>
    /// <param name="shape">Of the pooling.</param>
    /// <param name="x">[Planes, Height, Width].</param>
    /// <param name="y">[Planes, OutHeight, OutWidth].</param>
    public static void Average(KernelLibrary library, CudaStream stream, CudaDataType element, in PoolingShape shape,
        ulong x, ulong y)
    {
        long window = shape.IsAdaptive
            ? (long)shape.Height * shape.Width / Math.Max(1, (long)shape.OutHeight * shape.OutWidth)
            : (long)shape.KernelHeight * shape.KernelWidth;
        if (window <= MostOfThread) Launch(library, stream, "average", element, shape, isOut: true, y, x);
        else Launch(library, stream, "average_by_warp", element, shape, isOut: true, y, x, threadsOfItem: 32);
    }

    /// <summary>dx = each element of dy shared out among its window.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of all operands: fp32, bf16 or f16.</param>
    /// <param name="shape">Of the pooling.</param>
    /// <param name="dy">[Planes, OutHeight, OutWidth].</param>
    /// <param name="dx">[Planes, Height, Width].</param>
    public static void Share(KernelLibrary library, CudaStream stream, CudaDataType element, in PoolingShape shape,
        ulong dy, ulong dx) => Launch(library, stream, "share", element, shape, isOut: false, dx, dy);

    /// <summary>y = of each window the value at the first largest element of x.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of all operands: fp32, bf16 or f16.</param>
    /// <param name="shape">Of the pooling.</param>
    /// <param name="x">[Planes, Height, Width].</param>
    /// <param name="values">[Planes, Height, Width]; may be x.</param>
    /// <param name="y">[Planes, OutHeight, OutWidth].</param>
    public static void Pick(KernelLibrary library, CudaStream stream, CudaDataType element, in PoolingShape shape,
        ulong x, ulong values, ulong y) =>
        Launch(library, stream, "pick", element, shape, isOut: true, y, x, values, otherIsOut: false);

    /// <summary>dx = 0, but for each window its element of dy added at the first largest element of x.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of all operands: fp32, bf16 or f16.</param>
    /// <param name="shape">Of the pooling.</param>
    /// <param name="x">[Planes, Height, Width].</param>
    /// <param name="dy">[Planes, OutHeight, OutWidth].</param>
    /// <param name="dx">[Planes, Height, Width].</param>
    public static void Spread(KernelLibrary library, CudaStream stream, CudaDataType element, in PoolingShape shape,
        ulong x, ulong dy, ulong dx) =>
        Launch(library, stream, "spread", element, shape, isOut: false, dx, x, dy, otherIsOut: true);

    /// <summary>As many planes at a time as have places of 32 bits.</summary>
    /// <param name="isOut">Whether the result is [Planes, OutHeight, OutWidth].</param>
    /// <param name="other">A second operand, or 0.</param>
    /// <param name="otherIsOut">Whether that is [Planes, OutHeight, OutWidth].</param>
    static void Launch(KernelLibrary library, CudaStream stream, string kernel, CudaDataType element,
        in PoolingShape shape, bool isOut, ulong result, ulong operand, ulong other = 0, bool otherIsOut = false,
        int threadsOfItem = 1)
    {
        ArgumentNullException.ThrowIfNull(library);
        long inside = (long)shape.Height * shape.Width, outside = (long)shape.OutHeight * shape.OutWidth;
        if (inside == 0 || outside == 0) return;
        // It is x, but dy of share.
        bool operandIsOut = !isOut && other == 0;
        CudaKernel code = library.Get(File, kernel, CudaElements.Define(element));
        PoolingNumbers numbers = PoolingNumbers.Of(shape);
        long most = Math.Max(1, int.MaxValue / Math.Max(inside, outside));
        ulong size = (ulong)CudaElements.Size(element);
        uint count;
        void** two = stackalloc void*[] { &result, &operand, &count, &numbers };
        void** three = stackalloc void*[] { &result, &operand, &other, &count, &numbers };
        for (long rest = shape.Planes; rest > 0; rest -= most)
        {
            long planes = Math.Min(rest, most);
            count = checked((uint)(planes * (isOut ? outside : inside)));
            code.Launch(stream, CudaLaunchShape.Of(CudaElements.Blocks(count, Threads / threadsOfItem), Threads),
                other == 0 ? two : three);
            result += (ulong)(planes * (isOut ? outside : inside)) * size;
            operand += (ulong)(planes * (operandIsOut ? outside : inside)) * size;
            if (other != 0) other += (ulong)(planes * (otherIsOut ? outside : inside)) * size;
        }
    }

    /// <summary>The shape as pooling.cu has it.</summary>
    struct PoolingNumbers
    {
        public int Height, Width, OutHeight, OutWidth, KernelHeight, KernelWidth, StrideHeight, StrideWidth;
        public int PaddingHeight, PaddingWidth, CountsPadding, IsAdaptive;

        public static PoolingNumbers Of(in PoolingShape shape) => new()
        {
            Height = shape.Height, Width = shape.Width, OutHeight = shape.OutHeight, OutWidth = shape.OutWidth,
            KernelHeight = shape.KernelHeight, KernelWidth = shape.KernelWidth, StrideHeight = shape.StrideHeight,
            StrideWidth = shape.StrideWidth, PaddingHeight = shape.PaddingHeight, PaddingWidth = shape.PaddingWidth,
            CountsPadding = shape.CountsPadding ? 1 : 0, IsAdaptive = shape.IsAdaptive ? 1 : 0,
        };
    }
}
