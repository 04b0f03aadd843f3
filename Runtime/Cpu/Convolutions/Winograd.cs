namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// Convolutions of 3 × 3 without stride, two by two results at a time: sixteen products of transformed operands where
/// thirty-six would be needed.
/// </summary>
/// <remarks>
/// Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016), F(2 × 2, 3 × 3).
/// </remarks>
static unsafe class Winograd
{
    /// <summary>Sizes of transformed tiles.</summary>
    public const int Points = 16;

    /// <summary>Tiles that are worked on together: with 48 rows of results they fill the buffer for sums.</summary>
    public const int MostTiles = 96;

    /// <summary>Rows of results that are worked on together, at most.</summary>
    public const int MostRows = PackingBuffers.CapacityC / (Points * MostTiles);

    const int FewestChannels = 16;          // with fewer the transforms take longer than they save
    const int FewestTiles = 32;
    const long MostWeights = 1 << 24;       // transformed: 64 MiB

    /// <summary>Whether a convolution is of this kind; depends on its shape alone.</summary>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="channels">Channels that are summed over.</param>
    /// <param name="rows">Channels of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    public static bool Suits(in ConvolutionShape shape, int channels, int rows, int height, int width)
    {
        if (shape.KernelHeight != 3 || shape.KernelWidth != 3 || shape.Groups != 1) return false;
        if (shape.StrideHeight != 1 || shape.StrideWidth != 1) return false;
        if (shape.DilationHeight != 1 || shape.DilationWidth != 1) return false;
        if (channels < FewestChannels || rows < FewestChannels || Points * (long)channels * rows > MostWeights)
            return false;
        if (Points * (long)channels * FewestTiles > PackingBuffers.CapacityB) return false;
        long tiles = (long)((height + 1) / 2) * ((width + 1) / 2);
        // Tiles over the edge are computed whole.
        return shape.Batch * tiles >= FewestTiles && tiles * 16 <= (long)height * width * 5;
    }

    /// <summary>Whether the gradient of the weight is: rows of few tiles would be transposed one by one.</summary>
    public static bool SuitsGradient(in ConvolutionShape shape) => shape.OutWidth >= 7
        && Suits(shape, shape.Channels, shape.Outputs, shape.OutHeight, shape.OutWidth);

    /// <summary>y = the convolution, then an epilogue on each tile of y.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the convolution; suits.</param>
    /// <param name="source">x, or for an input gradient dy.</param>
    /// <param name="weight">[Outputs, Channels, 3, 3].</param>
    /// <param name="y">y, or for an input gradient dx.</param>
    /// <param name="isGradient">Whether it is an input gradient.</param>
    /// <param name="epilogue">As <see cref="Convolution"/> calls it.</param>
    /// <returns>
    /// False, and nothing is written, where a number is not finite or so large that sums of the transforms might not
    /// be: they subtract what the direct product never adds, and ∞ - ∞ is NaN.
    /// </returns>
    public static bool TryRun<TTile, TEpilogue>(WorkerPool pool, in ConvolutionShape shape, float* source,
        float* weight, float* y, bool isGradient, in TEpilogue epilogue)
        where TTile : struct, ITile where TEpilogue : unmanaged, IGemmEpilogue
    {
        int channels = isGradient ? shape.Outputs : shape.Channels, rows = isGradient ? shape.Channels : shape.Outputs;
        int strips = GemmBlocking.Count(rows, TTile.Rows);
        long length = isGradient ? (long)shape.OutHeight * shape.OutWidth : (long)shape.Height * shape.Width;
        length *= (long)shape.Batch * channels;
        float* transformed = PackingBuffers.OfThread.Weights.Reserve(
            (long)Points * strips * TTile.Rows * channels + 16, out _);
        int isTooLarge = 0;
        var weights = new WinogradWeights<TTile>
        {
            Weight = weight, Transformed = transformed, Channels = channels, Rows = rows, Strips = strips,
            IsGradient = isGradient, Check = new WinogradCheck(source, length, &isTooLarge),
        };
        long cost = 4L * Points * rows * channels + length;
        Gemm.Share(pool, weights, strips + weights.Check.Items, 1, cost, Gemm.Threads(pool, cost));
        if (isTooLarge != 0) return false;
        int threads = Gemm.Threads(pool, shape.Cost);
        var work = new WinogradTiles<TTile, TEpilogue>(shape, source, transformed, y, isGradient, threads,
            Gemm.NextProduct(), epilogue);
        Gemm.Share(pool, work, work.Items, work.Grain, shape.Cost, threads);
        return true;
    }

    /// <summary>The gradient of the weight.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Of the convolution; suits.</param>
    /// <param name="x">[Batch, Channels, Height, Width].</param>
    /// <param name="dy">[Batch, Outputs, OutHeight, OutWidth].</param>
    /// <param name="gradient">[Outputs, Channels, 3, 3]; written.</param>
    /// <returns>
    /// False, and nothing is written, where <see cref="TryRun{TTile, TEpilogue}"/> would return it.
    /// </returns>
    public static bool TryRunGradient<TTile>(WorkerPool pool, in ConvolutionShape shape, float* x, float* dy,
        float* gradient) where TTile : struct, ITile
    {
        long inputs = (long)shape.Batch * shape.Channels * shape.Height * shape.Width;
        long results = (long)shape.Batch * shape.Outputs * shape.OutHeight * shape.OutWidth;
        int isTooLarge = 0;
        WinogradCheck first = new(x, inputs, &isTooLarge), second = new(dy, results, &isTooLarge);
        Gemm.Share(pool, first, first.Items, 1, inputs, Gemm.Threads(pool, inputs));
        Gemm.Share(pool, second, second.Items, 1, results, Gemm.Threads(pool, results));
        if (isTooLarge != 0) return false;
        int threads = Gemm.Threads(pool, shape.Cost);
        var work = new WinogradGradient<TTile>(shape, x, dy, gradient, threads);
        Gemm.Share(pool, work, work.Items, 1, shape.Cost, threads);
        return true;
    }
}
