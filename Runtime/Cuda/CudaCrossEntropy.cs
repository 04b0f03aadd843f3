using System;
using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Softmax cross-entropy on the device, with the gradient written in place of the logits.</summary>
/// <remarks>
/// <para><b>Source</b>: Milakov and Gimelshein, Online normalizer calculation for softmax (2018).</para>
/// <para><b>Numerics</b>: fp32, less the row's maximum. Equal inputs give equal bits.</para>
/// <para><b>Error</b>: of the largest value: losses 1e-6, the gradient fp32 2e-6, f16 6e-4, bf16 5e-3.</para>
/// <para><b>Memory</b>: none besides. A row that fits shared memory is read once. Launches allocate nothing.</para>
/// <para><b>Errors</b>: <see cref="ArgumentException"/> where sizes do not belong together. A label that is no class
/// makes its row's loss NaN.</para>
/// </remarks>
/// <example><code>
/// var shape = new CudaCrossEntropyShape { Type = CudaDataType.BFloat16, Rows = n, Columns = 50257, Padded = 50304 };
/// CudaCrossEntropy.Run(kernels, stream, shape, logits, labels, losses, factor);
/// </code></example>
public static class CudaCrossEntropy
{
    /// <summary>Computes losses, and the gradient of the logits.</summary>
    /// <param name="kernels">Where kernels are kept.</param>
    /// <param name="stream">Where they are put.</param>
    /// <param name="shape">Sizes and kind.</param>
    /// <param name="logits">[rows, padded]: read, and with a factor replaced by the gradient, 0 in the padding.</param>
    /// <param name="labels">[rows] int32: classes, or the ignored label.</param>
    /// <param name="losses">[rows] fp32, written: 0 where the label is ignored; 0 for none.</param>
    /// <param name="factor">[1] fp32 on the device, what the gradient is multiplied by, such as 1 / rows; 0 where no
    /// gradient is wanted and the logits stay.</param>
    /// <exception cref="ArgumentException">Sizes do not belong together.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static void Run(KernelLibrary kernels, CudaStream stream, in CudaCrossEntropyShape shape, ulong logits,
        ulong labels, ulong losses, ulong factor)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        shape.Check();
        int bytes = shape.Type == CudaDataType.Float32 ? 4 : 2, vector = 16 / bytes, padded = shape.PaddedColumns;
        long stride = shape.RowStride == 0 ? padded : shape.RowStride;
        bool hasVectors = logits % 16 == 0 && stride % vector == 0 && padded % vector == 0;
        long rowBytes = ((long)shape.Columns + vector - 1) / vector * 16;
        // The kernel has 128 bytes for its reductions.
        bool isCached = rowBytes <= kernels.Context.Device.MaxSharedBytesPerBlock - 128;
        // Two blocks of 512 threads fill what registers and shared memory of long rows leave room for.
        int threads = padded >= 4096 ? 512 : padded >= 512 ? 256 : 128, sharedBytes = isCached ? (int)rowBytes : 0;
        CudaKernel kernel = kernels.Get("cross_entropy", "cross_entropy", sharedBytes,
            CudaDefines.Element(shape.Type),
            threads == 512 ? "BLOCK=512" : threads == 256 ? "BLOCK=256" : "BLOCK=128",
            isCached ? "CACHED=1" : "CACHED=0", factor != 0 ? "GRADIENT=1" : "GRADIENT=0",
            hasVectors ? "VECTORS=1" : "VECTORS=0");
        kernel.Launch(stream, CudaLaunchShape.Of(shape.Rows, threads, sharedBytes), new Arguments
        {
            Logits = logits, Labels = labels, Losses = losses, Factor = factor, Stride = stride, Rows = shape.Rows,
            Columns = shape.Columns, Padded = padded, Ignored = shape.IgnoredLabel,
        });
    }

    /// <summary>The struct CrossEntropy of cross_entropy.cu.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Arguments
    {
        public ulong Logits, Labels, Losses, Factor;
        public long Stride;
        public int Rows, Columns, Padded, Ignored;
    }
}
