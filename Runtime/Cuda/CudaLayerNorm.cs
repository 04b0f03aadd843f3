using System;
using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Layer normalization on the device, with the addition of a residual before it and of its gradient behind.
/// </summary>
/// <remarks>
/// <para><b>Source</b>: Ba, Kiros and Hinton, Layer Normalization (2016).</para>
/// <para><b>Numerics</b>: fp32; the variance is that of differences from the mean. Equal inputs give equal bits on
/// devices with as many multiprocessors.</para>
/// <para><b>Error</b>: of the largest value: fp32 2e-6, f16 1e-3, bf16 6e-3; gradients of gain and bias 4e-6.</para>
/// <para><b>Memory</b>: mean and rstd of every row, fp32, are saved for the backward pass, and the sum with the
/// residual. Launches allocate nothing.</para>
/// <para><b>Errors</b>: <see cref="ArgumentException"/> where sizes do not belong together. Addresses are not checked.
/// </para>
/// </remarks>
/// <example><code>
/// CudaLayerNorm.Forward(kernels, stream, shape, y, x, gain, bias, mean, rstd, residual, sum);
/// CudaLayerNorm.Backward(kernels, stream, shape, dx, dGain, dBias, dy, sum, gain, mean, rstd, scratch, dSum);
/// </code></example>
public static class CudaLayerNorm
{
    /// <summary>Normalizes rows. Everything but mean and rstd lies without gaps.</summary>
    /// <param name="kernels">Where kernels are kept.</param>
    /// <param name="stream">Where they are put.</param>
    /// <param name="shape">Sizes and kind.</param>
    /// <param name="y">[rows, columns]: written.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="gain">[columns].</param>
    /// <param name="bias">[columns]; 0 for none.</param>
    /// <param name="mean">[rows] fp32: written; 0, like rstd, where no backward pass follows.</param>
    /// <param name="rstd">[rows] fp32: written.</param>
    /// <param name="residual">[rows, columns], added to x before; 0 for none.</param>
    /// <param name="sum">[rows, columns]: written where there is a residual. It may be x or the residual.</param>
    /// <exception cref="ArgumentException">Sizes do not belong together.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static void Forward(KernelLibrary kernels, CudaStream stream, in CudaLayerNormShape shape, ulong y, ulong x,
        ulong gain, ulong bias, ulong mean, ulong rstd, ulong residual = 0, ulong sum = 0)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        shape.Check();
        if (residual != 0 && sum == 0) throw new ArgumentException("The sum with the residual has no place.");
        bool hasVectors = HasVectors(shape, y | x | gain | bias | residual | sum);
        CudaKernel kernel = Kernel(kernels, shape, "layer_norm_forward", residual != 0, hasVectors);
        int threads = CudaLayerNormShape.Threads(shape.ForwardLanes), rows = threads / shape.ForwardLanes;
        kernel.Launch(stream, CudaLaunchShape.Of((shape.Rows + rows - 1) / rows, threads), new Arguments
        {
            Y = y, X = x, Gain = gain, Bias = bias, Mean = mean, Rstd = rstd, Residual = residual, Sum = sum,
            Epsilon = shape.Epsilon, Rows = shape.Rows,
        });
    }

    /// <summary>Bytes of scratch memory that <see cref="Backward"/> needs: two sums of every block.</summary>
    /// <param name="kernels">Where kernels are kept: the device decides how many blocks there are.</param>
    /// <param name="shape">Sizes and kind.</param>
    public static long ScratchBytes(KernelLibrary kernels, in CudaLayerNormShape shape)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        return (long)Blocks(kernels, shape) * 2 * shape.Columns * sizeof(float);
    }

    /// <summary>Computes the gradients that have an address.</summary>
    /// <param name="kernels">Where kernels are kept.</param>
    /// <param name="stream">Where they are put.</param>
    /// <param name="shape">As forward.</param>
    /// <param name="dx">[rows, columns]: written.</param>
    /// <param name="dGain">[columns] fp32: written.</param>
    /// <param name="dBias">[columns] fp32: written.</param>
    /// <param name="dy">[rows, columns]: what arrives.</param>
    /// <param name="x">[rows, columns]: what was normalized, the sum where there was a residual.</param>
    /// <param name="gain">[columns].</param>
    /// <param name="mean">[rows] fp32, of the forward pass.</param>
    /// <param name="rstd">[rows] fp32, of the forward pass.</param>
    /// <param name="scratch">So many bytes as <see cref="ScratchBytes"/> says, at a multiple of 16.</param>
    /// <param name="dResidual">[rows, columns], added to dx; 0 for none. It may be dx.</param>
    /// <param name="accumulates">Whether the gradients of gain and bias are added to what is there.</param>
    /// <exception cref="ArgumentException">Sizes do not belong together.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static void Backward(KernelLibrary kernels, CudaStream stream, in CudaLayerNormShape shape, ulong dx,
        ulong dGain, ulong dBias, ulong dy, ulong x, ulong gain, ulong mean, ulong rstd, ulong scratch,
        ulong dResidual = 0, bool accumulates = false)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        shape.Check();
        int blocks = Blocks(kernels, shape);
        var arguments = new Arguments
        {
            Dx = dx, DGain = dGain, DBias = dBias, Dy = dy, X = x, Gain = gain, Mean = mean, Rstd = rstd,
            Partial = scratch, Residual = dResidual, Rows = shape.Rows, Blocks = blocks, Adds = accumulates ? 1 : 0,
        };
        bool hasVectors = HasVectors(shape, dx | dy | x | gain | dResidual | scratch);
        Kernel(kernels, shape, "layer_norm_backward", false, hasVectors).Launch(stream,
            CudaLaunchShape.Of(blocks, CudaLayerNormShape.Threads(shape.BackwardLanes)), arguments);
        if (dGain == 0 && dBias == 0) return;
        Kernel(kernels, shape, "layer_norm_finish", false, hasVectors).Launch(stream,
            CudaLaunchShape.Of((2 * shape.Columns + 31) / 32, 256), arguments);
    }

    /// <summary>Two blocks a multiprocessor, and no more than there are rows for.</summary>
    static int Blocks(KernelLibrary kernels, in CudaLayerNormShape shape)
    {
        int rows = CudaLayerNormShape.Threads(shape.BackwardLanes) / shape.BackwardLanes;
        return Math.Min((shape.Rows + rows - 1) / rows, 2 * kernels.Context.Device.MultiprocessorCount);
    }

    static bool HasVectors(in CudaLayerNormShape shape, ulong addresses) =>
        shape.Columns % 8 == 0 && addresses % 16 == 0;

    static CudaKernel Kernel(KernelLibrary kernels, in CudaLayerNormShape shape, string name, bool hasResidual,
        bool hasVectors) => kernels.Get("layer_norm", name, CudaDefines.Element(shape.Type),
            CudaDefines.Weight(shape.WeightType), CudaDefines.Columns(shape.Columns),
            shape.ForwardLanes == 32 ? "LANES_FORWARD=32" : "LANES_FORWARD=256",
            shape.BackwardLanes == 32 ? "LANES_BACKWARD=32" : "LANES_BACKWARD=256",
            hasResidual ? "RESIDUAL=1" : "RESIDUAL=0", hasVectors ? "VECTORS=1" : "VECTORS=0");

    /// <summary>The struct LayerNorm of layer_norm.cu.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Arguments
    {
        public ulong Y, Sum, Mean, Rstd, X, Residual, Gain, Bias, Dy, Dx, Partial, DGain, DBias;
        public float Epsilon;
        public int Rows, Blocks, Adds;
    }
}
