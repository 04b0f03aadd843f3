using System;
using System.Globalization;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// What a kernel should take on an H200: its bytes at the rate a copy was measured at, its products at that of large
/// ones, and what a launch costs at least.
/// </summary>
static class CudaCost
{
    const double CopyBytes = 4.3e12;        // a second, measured
    const double LowProducts = 7.0e14;      // FLOP a second, bf16 and fp16, of 788e12 measured on 8192³
    const double TensorFloats = 3.5e14;     // the same with operands of 19 bits
    const double Launch = 2e-6;             // seconds, in a graph

    // FLOP a second of FlashAttention-2 by mma.sync, causal, heads of 64, 1024 places: FlashAttention-3 (2024), figs. 5
    // and 6; backward what two passes instead of one leave of it.
    const double AttentionForward = 2.3e14, AttentionBackward = 1.85e14;

    /// <summary>Seconds.</summary>
    public static double Seconds(double flops, double bytes, bool isProduct, bool isLow = false, int launches = 1)
    {
        double memory = bytes / CopyBytes, arithmetic = isProduct ? flops / (isLow ? LowProducts : TensorFloats) : 0;
        return Math.Max(memory, arithmetic) + launches * Launch;
    }

    /// <summary>Seconds of attention, or of its gradient.</summary>
    /// <param name="forward">FLOP of results.</param>
    /// <param name="backward">FLOP of gradients.</param>
    /// <param name="bytes">Read and written.</param>
    /// <param name="launches">Of kernels.</param>
    public static double Attention(double forward, double backward, double bytes, int launches) =>
        Math.Max(forward / AttentionForward + backward / AttentionBackward, bytes / CopyBytes)
            + launches * Launch;

    /// <summary>Of a generated kernel.</summary>
    public static string Text(double bytes)
    {
        double micro = Seconds(0, bytes, isProduct: false) * 1e6;
        return micro.ToString(micro < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + " us";
    }
}
