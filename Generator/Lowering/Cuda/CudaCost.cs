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

    /// <summary>Seconds.</summary>
    public static double Seconds(double flops, double bytes, bool isProduct, bool isLow = false)
    {
        double memory = bytes / CopyBytes, arithmetic = isProduct ? flops / (isLow ? LowProducts : TensorFloats) : 0;
        return System.Math.Max(memory, arithmetic) + Launch;
    }

    public static string Text(double flops, double bytes, bool isProduct, bool isLow = false)
    {
        double micro = Seconds(flops, bytes, isProduct, isLow) * 1e6;
        return micro.ToString(micro < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + " us";
    }
}
