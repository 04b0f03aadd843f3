using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ModelCompiler.Runtime.Cpu.Convolutions;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Convolutions of fp32 images and their gradients, as matrix products whose operand is never written down.
/// </summary>
/// <remarks>
/// Source: Chetlur et al., cuDNN: Efficient Primitives for Deep Learning (2014), for products with implicit operands;
/// Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016), for kernels of 3 × 3 without stride from
/// 16 channels on, and their gradients. Numerics: fp32 sums in parts of at most 384, or over all channels of
/// transformed tiles; the same bits for any number of threads. Error: terms · 6e-8 · Σ of magnitudes; of
/// transformed tiles channels · 6e-8 · the largest magnitude of x under the kernel · Σ of the weight's. Memory: a
/// fixed buffer for each thread; for the caller 16/9 of the largest weight of 3 × 3.
/// </remarks>
public static unsafe class Convolution
{
    /// <summary>y = the convolution of x with a weight, then an epilogue on each tile of y.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="x">[Batch, Channels, Height, Width].</param>
    /// <param name="weight">[Outputs, Channels / Groups, KernelHeight, KernelWidth].</param>
    /// <param name="y">[Batch, Outputs, OutHeight, OutWidth]; must not overlap x or the weight.</param>
    /// <param name="epilogue">
    /// Called once for each finished tile: channels of one image by places that follow each other; its batch indices
    /// are the image and the group, its row the channel, its column the place.
    /// </param>
    /// <param name="name">What a profile calls it.</param>
    public static void Forward<TEpilogue>(WorkerPool pool, in ConvolutionShape shape, float* x, float* weight, float* y,
        TEpilogue epilogue, [CallerArgumentExpression(nameof(y))] string name = "")
        where TEpilogue : unmanaged, IGemmEpilogue
    {
        long start = KernelProfile.Start();
        if (!IsEmpty(shape)) Convolve(pool, shape, x, weight, y, epilogue);
        bool hasName = typeof(TEpilogue) != typeof(NoEpilogue);
        if (start != 0) End(start, hasName ? typeof(TEpilogue) : null, hasName ? "" : name, shape);
    }

    static void Convolve<TEpilogue>(WorkerPool pool, in ConvolutionShape shape, float* x, float* weight, float* y,
        in TEpilogue epilogue) where TEpilogue : unmanaged, IGemmEpilogue
    {
        Patches patches = Of(shape, x);
        if (IsDepthwise(shape))
        {
            var work = new DepthwiseForward<TEpilogue>(shape, patches, weight, y, epilogue);
            Share(pool, work, work.Items, shape);
            return;
        }
        patches.Flatten();
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            Forward<Tile512, TEpilogue>(pool, shape, patches, weight, y, epilogue);
        else if (Vector256.IsHardwareAccelerated && Fma.IsSupported)
            Forward<Tile256, TEpilogue>(pool, shape, patches, weight, y, epilogue);
        else Forward<Tile128, TEpilogue>(pool, shape, patches, weight, y, epilogue);
    }

    /// <summary>dx = the transposed convolution of dy with a weight.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="dy">[Batch, Outputs, OutHeight, OutWidth].</param>
    /// <param name="weight">[Outputs, Channels / Groups, KernelHeight, KernelWidth].</param>
    /// <param name="dx">[Batch, Channels, Height, Width]; must not overlap dy or the weight.</param>
    /// <param name="name">What a profile calls it.</param>
    public static void InputGradient(WorkerPool pool, in ConvolutionShape shape, float* dy, float* weight, float* dx,
        [CallerArgumentExpression(nameof(dx))] string name = "")
    {
        if (shape.Batch == 0) return;
        long start = KernelProfile.Start();
        Phases(pool, shape, dy, weight, dx);
        if (start != 0) End(start, null, name, shape);
    }

    static void Phases(WorkerPool pool, in ConvolutionShape shape, float* dy, float* weight, float* dx)
    {
        for (int y = 0; y < shape.StrideHeight; y++)
            for (int x = 0; x < shape.StrideWidth; x++)
            {
                var vertical = new GradientPhase(y, shape.Height, shape.KernelHeight, shape.StrideHeight,
                    shape.PaddingHeight, shape.DilationHeight);
                var horizontal = new GradientPhase(x, shape.Width, shape.KernelWidth, shape.StrideWidth,
                    shape.PaddingWidth, shape.DilationWidth);
                if (vertical.Count > 0 && horizontal.Count > 0)
                    Phase(pool, shape, dy, weight, dx, vertical, horizontal);
            }
    }

    static void Phase(WorkerPool pool, in ConvolutionShape shape, float* dy, float* weight, float* dx,
        in GradientPhase vertical, in GradientPhase horizontal)
    {
        var patches = new Patches
        {
            Source = dy, Image = (nint)shape.Outputs * shape.OutHeight * shape.OutWidth,
            Height = shape.OutHeight, Width = shape.OutWidth, GridHeight = vertical.Count, GridWidth = horizontal.Count,
            StepY = 1, StepX = 1, TapRows = vertical.Taps, TapColumns = horizontal.Taps,
            OriginY = vertical.Origin, OriginX = horizontal.Origin,
            TapStepY = vertical.TapStep, TapStepX = horizontal.TapStep,
        };
        if (IsDepthwise(shape))
        {
            var work = new DepthwiseInputGradient(shape, patches, weight, dx, vertical, horizontal);
            Share(pool, work, work.Items, shape);
            return;
        }
        patches.Flatten();
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            Phase<Tile512>(pool, shape, patches, weight, dx, vertical, horizontal);
        else if (Vector256.IsHardwareAccelerated && Fma.IsSupported)
            Phase<Tile256>(pool, shape, patches, weight, dx, vertical, horizontal);
        else Phase<Tile128>(pool, shape, patches, weight, dx, vertical, horizontal);
    }

    /// <summary>
    /// dWeight: for each element of the kernel the products of x and dy that it stands between, summed.
    /// </summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="x">[Batch, Channels, Height, Width].</param>
    /// <param name="dy">[Batch, Outputs, OutHeight, OutWidth].</param>
    /// <param name="gradient">
    /// [Outputs, Channels / Groups, KernelHeight, KernelWidth]; must not overlap x or dy.
    /// </param>
    /// <param name="name">What a profile calls it.</param>
    public static void WeightGradient(WorkerPool pool, in ConvolutionShape shape, float* x, float* dy, float* gradient,
        [CallerArgumentExpression(nameof(gradient))] string name = "")
    {
        long start = KernelProfile.Start();
        Weigh(pool, shape, x, dy, gradient);
        if (start != 0) End(start, null, name, shape);
    }

    static void Weigh(WorkerPool pool, in ConvolutionShape shape, float* x, float* dy, float* gradient)
    {
        Patches patches = Of(shape, x);
        if (IsDepthwise(shape))
        {
            var work = new DepthwiseWeightGradient(shape, patches, dy, gradient);
            Share(pool, work, work.Items, shape);
            return;
        }
        patches.Flatten();
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            WeightGradient<Tile512>(pool, shape, patches, dy, gradient);
        else if (Vector256.IsHardwareAccelerated && Fma.IsSupported)
            WeightGradient<Tile256>(pool, shape, patches, dy, gradient);
        else WeightGradient<Tile128>(pool, shape, patches, dy, gradient);
    }

    static void Forward<TTile, TEpilogue>(WorkerPool pool, in ConvolutionShape shape, in Patches patches, float* weight,
        float* y, in TEpilogue epilogue)
        where TTile : struct, ITile where TEpilogue : unmanaged, IGemmEpilogue
    {
        if (Winograd.Suits(shape, shape.Channels, shape.Outputs, shape.OutHeight, shape.OutWidth)
            && Winograd.TryRun<TTile, TEpilogue>(pool, shape, patches.Source, weight, y, false, epilogue)) return;
        var product = new PatchProduct(patches, shape.Batch, shape.GroupChannels, Gemm.Threads(pool, shape.Cost),
            shape.Groups * Blocks<TTile>(shape.GroupOutputs));
        Multiply<TTile, ForwardProduct<TEpilogue>>(pool, new(shape, product, weight, y, epilogue), shape);
    }

    static void Phase<TTile>(WorkerPool pool, in ConvolutionShape shape, in Patches patches, float* weight, float* dx,
        in GradientPhase vertical, in GradientPhase horizontal) where TTile : struct, ITile
    {
        if (Winograd.Suits(shape, shape.Outputs, shape.Channels, shape.Height, shape.Width)
            && Winograd.TryRun<TTile, NoEpilogue>(pool, shape, patches.Source, weight, dx, true, default)) return;
        var product = new PatchProduct(patches, shape.Batch, shape.GroupOutputs, Gemm.Threads(pool, shape.Cost),
            shape.Groups * Blocks<TTile>(shape.GroupChannels));
        Multiply<TTile, InputGradientProduct>(pool, new(shape, product, weight, dx, vertical, horizontal), shape);
    }

    static void WeightGradient<TTile>(WorkerPool pool, in ConvolutionShape shape, in Patches patches, float* dy,
        float* gradient) where TTile : struct, ITile
    {
        if (Winograd.SuitsGradient(shape)
            && Winograd.TryRunGradient<TTile>(pool, shape, patches.Source, dy, gradient)) return;
        Multiply<TTile, WeightGradientProduct>(pool, new(shape, patches, dy, gradient, Gemm.Threads(pool, shape.Cost),
            shape.Groups * Blocks<TTile>(shape.GroupOutputs)), shape);
    }

    static void Multiply<TTile, TProduct>(WorkerPool pool, in TProduct product, in ConvolutionShape shape)
        where TTile : struct, ITile where TProduct : unmanaged, IImplicitProduct
    {
        var work = new ImplicitGemm<TTile, TProduct>(product, Gemm.NextProduct());
        Gemm.Share(pool, work, work.Items, work.Grain, shape.Cost, Gemm.Threads(pool, shape.Cost));
    }

    static void Share<TWork>(WorkerPool pool, TWork work, int items, in ConvolutionShape shape)
        where TWork : unmanaged, IWork =>
        Gemm.Share(pool, work, items, 1, shape.Cost, Gemm.Threads(pool, shape.Cost));

    /// <summary>Tells a profile what was done: every operand is read or written once.</summary>
    static void End(long start, Type? kernel, string name, in ConvolutionShape shape)
    {
        double x = (double)shape.Batch * shape.Channels * shape.Height * shape.Width;
        double y = (double)shape.Batch * shape.Outputs * shape.OutHeight * shape.OutWidth;
        double weight = (double)shape.Outputs * shape.GroupChannels * shape.Taps;
        KernelProfile.End(start, kernel, name, 2.0 * shape.Cost, (x + y + weight) * sizeof(float));
    }

    static long Blocks<TTile>(int rows) where TTile : struct, ITile =>
        GemmBlocking.Count(rows, GemmBlocking.EqualParts(rows, GemmBlocking.Rows, TTile.Rows));

    static bool IsEmpty(in ConvolutionShape shape) => shape.Batch == 0 || shape.OutHeight == 0 || shape.OutWidth == 0;

    /// <summary>Each channel is convolved alone: too little for a product, so it has kernels of its own.</summary>
    static bool IsDepthwise(in ConvolutionShape shape) => shape.Groups > 1 && shape.GroupChannels == 1;

    static Patches Of(in ConvolutionShape shape, float* x) => new()
    {
        Source = x, Image = (nint)shape.Channels * shape.Height * shape.Width,
        Height = shape.Height, Width = shape.Width, GridHeight = shape.OutHeight, GridWidth = shape.OutWidth,
        StepY = shape.StrideHeight, StepX = shape.StrideWidth,
        TapRows = shape.KernelHeight, TapColumns = shape.KernelWidth,
        OriginY = -shape.PaddingHeight, OriginX = -shape.PaddingWidth,
        TapStepY = shape.DilationHeight, TapStepX = shape.DilationWidth,
    };
}
