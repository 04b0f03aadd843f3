using System;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Convolutions of images on the device, and their gradients, as matrix products whose operand is never
/// written down: the twins of <see cref="Convolution"/>.</summary>
/// <remarks>
/// <para><b>Source</b>: Chetlur et al., cuDNN: Efficient Primitives for Deep Learning (2014).</para>
/// <para><b>Numerics</b>: fp32 sums in a fixed order, so equal inputs give equal bits; the gradient of the weight is
/// summed in parts of the places, whose number depends on the shape only. Elements of 16 bits are multiplied by the
/// matrix units and rounded once, when a result is stored.</para>
/// <para><b>Error</b>: of fp32, terms · 6e-8 · Σ of magnitudes.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use; scratch memory is the caller's.
/// </para>
/// <para><b>Errors</b>: lengths and addresses are not checked, but for more than 2³¹ - 1 places.</para>
/// </remarks>
public static unsafe class CudaConvolution
{
    const string File = "convolution", Depthwise = "depthwise";
    const int TileRows = 64, TileColumns = 128, Threads = 128;     // as in tiles.cuh
    const int Blocks = 512, LeastPlaces = 512;      // blocks that fill a large device; places that are worth a block
    const long MostScratch = 64L << 20;

    /// <summary>y = the convolution of x with a weight.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of the operands: fp32, bf16 or f16.</param>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="x">[Batch, Channels, Height, Width].</param>
    /// <param name="weight">[Outputs, Channels / Groups, KernelHeight, KernelWidth].</param>
    /// <param name="y">[Batch, Outputs, OutHeight, OutWidth]; must not overlap x or the weight.</param>
    /// <param name="bias">[Outputs], added to every place; 0 for none.</param>
    /// <param name="resultType">Of y: fp32, bf16 or f16; null for that of the operands.</param>
    public static void Forward(KernelLibrary library, CudaStream stream, CudaDataType element,
        in ConvolutionShape shape, ulong x, ulong weight, ulong y, ulong bias = 0, CudaDataType? resultType = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        long places = Places(shape.Batch, shape.OutHeight, shape.OutWidth);
        if (places == 0 || shape.Outputs == 0) return;
        ConvolutionShape numbers = shape;
        void** arguments = stackalloc void*[] { &y, &x, &weight, &bias, &numbers };
        if (IsDepthwise(shape))
        {
            Planes(library, stream, "depthwise_forward", element, resultType ?? element,
                (long)shape.Batch * shape.Outputs, shape.OutHeight * shape.OutWidth, arguments);
            return;
        }
        var grid = new CudaLaunchShape(CudaElements.Blocks(places, TileColumns),
            shape.Groups * CudaElements.Blocks(shape.Outputs / shape.Groups, TileRows), 1, Threads);
        library.Get(File, "convolution_forward", CudaElements.Define(element), ResultDefine(resultType ?? element))
            .Launch(stream, grid, arguments);
    }

    /// <summary>dx = the transposed convolution of dy with a weight.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of the operands: fp32, bf16 or f16.</param>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="dy">[Batch, Outputs, OutHeight, OutWidth].</param>
    /// <param name="weight">[Outputs, Channels / Groups, KernelHeight, KernelWidth].</param>
    /// <param name="dx">[Batch, Channels, Height, Width]; must not overlap dy or the weight.</param>
    /// <param name="resultType">Of dx: fp32, bf16 or f16; null for that of the operands.</param>
    public static void InputGradient(KernelLibrary library, CudaStream stream, CudaDataType element,
        in ConvolutionShape shape, ulong dy, ulong weight, ulong dx, CudaDataType? resultType = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        if (Places(shape.Batch, shape.Height, shape.Width) == 0 || shape.Channels == 0) return;
        ConvolutionShape numbers = shape;
        void** arguments = stackalloc void*[] { &dx, &dy, &weight, &numbers };
        if (IsDepthwise(shape))
        {
            Planes(library, stream, "depthwise_input_gradient", element, resultType ?? element,
                (long)shape.Batch * shape.Channels, shape.Height * shape.Width, arguments);
            return;
        }
        // The first phase has the most places.
        long height = CudaElements.Blocks(shape.Height, shape.StrideHeight);
        long width = CudaElements.Blocks(shape.Width, shape.StrideWidth);
        var grid = new CudaLaunchShape(CudaElements.Blocks(shape.Batch * height * width, TileColumns),
            shape.Groups * CudaElements.Blocks(shape.Channels / shape.Groups, TileRows),
            shape.StrideHeight * shape.StrideWidth, Threads);
        library.Get(File, "convolution_input_gradient", CudaElements.Define(element),
            ResultDefine(resultType ?? element)).Launch(stream, grid, arguments);
    }

    /// <summary>Bytes of scratch memory that <see cref="WeightGradient"/> needs; 0 for none. Larger batches and images
    /// need no less.</summary>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="gradientType">Of the gradient.</param>
    public static long ScratchBytes(in ConvolutionShape shape, CudaDataType gradientType = CudaDataType.Float32)
    {
        // Not of the parts there are: a smaller batch may have more of them, as their places are rounded.
        long parts = MostParts(shape);
        return IsWhole(shape, parts, gradientType) ? 0
            : CudaElements.Aligned(parts * WeightLength(shape) * sizeof(float));
    }

    /// <summary>dWeight: for each element of the kernel the products of x and dy that it stands between, summed.
    /// </summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="element">Of x and dy: fp32, bf16 or f16.</param>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="x">[Batch, Channels, Height, Width].</param>
    /// <param name="dy">[Batch, Outputs, OutHeight, OutWidth].</param>
    /// <param name="gradient">[Outputs, Channels / Groups, KernelHeight, KernelWidth]; must not overlap x or dy.
    /// </param>
    /// <param name="scratch">[<see cref="ScratchBytes"/>], a multiple of 256; overwritten.</param>
    /// <param name="gradientType">Of the gradient: fp32, bf16 or f16.</param>
    public static void WeightGradient(KernelLibrary library, CudaStream stream, CudaDataType element,
        in ConvolutionShape shape, ulong x, ulong dy, ulong gradient, ulong scratch,
        CudaDataType gradientType = CudaDataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(library);
        long length = WeightLength(shape);
        if (length == 0) return;
        ConvolutionShape numbers = shape;
        string define = CudaElements.Define(element), gradientDefine = GradientDefine(gradientType);
        void** one = stackalloc void*[] { &gradient, &x, &dy, &numbers };
        if (IsDepthwise(shape))
        {
            library.Get(Depthwise, "depthwise_weight_gradient", define, gradientDefine).Launch(stream,
                CudaLaunchShape.Of(checked((int)length), 256), one);
            return;
        }
        int parts = Parts(shape, out int places);
        bool isWhole = IsWhole(shape, parts, gradientType);
        ulong sums = isWhole ? gradient : scratch;
        void** arguments = stackalloc void*[] { &sums, &x, &dy, &numbers, &places };
        library.Get(File, "convolution_weight_gradient", define).Launch(stream, Grid(shape) with { GridZ = parts },
            arguments);
        if (isWhole) return;
        void** adding = stackalloc void*[] { &gradient, &scratch, &parts, &length };
        library.Get("add_parts", "add_parts", gradientDefine).Launch(stream,
            CudaLaunchShape.Of(CudaElements.Blocks(length, 256), 256), adding);
    }

    static void Planes(KernelLibrary library, CudaStream stream, string kernel, CudaDataType element,
        CudaDataType result, long planes, int area, void** arguments)
    {
        int threads = Math.Min(256, (area + 31) / 32 * 32);
        library.Get(Depthwise, kernel, CudaElements.Define(element), ResultDefine(result)).Launch(stream,
            new CudaLaunchShape(checked((int)planes), CudaElements.Blocks(area, threads), 1, threads), arguments);
    }

    /// <summary>In how many parts the places of a gradient of the weight are cut, of the shape alone: no more than
    /// <see cref="MostParts"/>.</summary>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="places">Of a part.</param>
    internal static int Parts(in ConvolutionShape shape, out int places)
    {
        long all = Places(shape.Batch, shape.OutHeight, shape.OutWidth), parts = MostParts(shape);
        places = (int)all;
        if (parts == 1) return 1;
        places = (int)((all + parts - 1) / parts + 31) / 32 * 32;
        return CudaElements.Blocks(all, places);
    }

    /// <summary>As many parts as give the device enough blocks; more places have no fewer.</summary>
    static long MostParts(in ConvolutionShape shape)
    {
        long all = Places(shape.Batch, shape.OutHeight, shape.OutWidth);
        if (IsDepthwise(shape) || all == 0) return 1;
        CudaLaunchShape grid = Grid(shape);
        long parts = Math.Min(CudaElements.Blocks(Blocks, (long)grid.GridX * grid.GridY), all / LeastPlaces);
        parts = Math.Min(parts, MostScratch / Math.Max(1, WeightLength(shape) * sizeof(float)));
        return Math.Max(1, parts);
    }

    /// <summary>Whether sums are the gradient as they are.</summary>
    static bool IsWhole(in ConvolutionShape shape, long parts, CudaDataType gradientType) =>
        IsDepthwise(shape) || parts == 1 && gradientType == CudaDataType.Float32;

    static CudaLaunchShape Grid(in ConvolutionShape shape) => new(
        CudaElements.Blocks((long)(shape.Channels / shape.Groups) * shape.KernelHeight * shape.KernelWidth,
            TileColumns),
        shape.Groups * CudaElements.Blocks(shape.Outputs / shape.Groups, TileRows), 1, Threads);

    static long WeightLength(in ConvolutionShape shape) =>
        (long)shape.Outputs * (shape.Channels / shape.Groups) * shape.KernelHeight * shape.KernelWidth;

    static long Places(long batch, long height, long width)
    {
        long places = batch * height * width;
        return places <= int.MaxValue - TileColumns ? places : throw new ArgumentOutOfRangeException(nameof(batch),
            places, $"A convolution on the device has at most {int.MaxValue - TileColumns} places. Use a smaller " +
            "batch.");
    }

    static bool IsDepthwise(in ConvolutionShape shape) => shape.Groups > 1 && shape.Channels == shape.Groups;

    static string ResultDefine(CudaDataType type) => type switch
    {
        CudaDataType.Float32 => "RESULT=float",
        CudaDataType.BFloat16 => "RESULT=bf16",
        CudaDataType.Float16 => "RESULT=f16",
        _ => throw CudaElements.Unsupported(type),
    };

    static string GradientDefine(CudaDataType type) => type switch
    {
        CudaDataType.Float32 => "GRADIENT=float",
        CudaDataType.BFloat16 => "GRADIENT=bf16",
        CudaDataType.Float16 => "GRADIENT=f16",
        _ => throw CudaElements.Unsupported(type),
    };
}
