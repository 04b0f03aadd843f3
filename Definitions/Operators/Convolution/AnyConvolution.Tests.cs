using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Convolutions that nobody chose: sizes, kernels, strides, paddings, dilations and groups.</summary>
/// <param name="Channels">Of x.</param>
/// <param name="Outputs">Of y.</param>
/// <param name="Height">Of x.</param>
/// <param name="Width">Of x.</param>
/// <param name="Kernel">Rows and columns.</param>
/// <param name="Stride">Both ways.</param>
/// <param name="Padding">Both ways.</param>
/// <param name="Dilation">Both ways.</param>
/// <param name="Groups">Divides both channels.</param>
public sealed record AnyConvolution(int Channels, int Outputs, int Height, int Width, int Kernel, int Stride,
    int Padding, int Dilation, int Groups)
{
    /// <summary>Small enough for the eager reference; every kernel fits its image.</summary>
    public static Gen<AnyConvolution> Settings =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.OneOf(1, 1, 2, 3), Gen.Int[0, 12], Gen.Int[0, 17],
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[0, 3], Gen.Int[1, 3]),
            (channels, outputs, groups, height, width, k) =>
        {
            // Every fourth time what goes by transformed tiles.
            if (groups == 1 && outputs == 4)
                return new AnyConvolution(15 + channels, 16 + k.Item3, 7 + height, 7 + width, 3, 1, k.Item3 % 3, 1, 1);
            int extent = k.Item4 * (k.Item1 - 1) + 1, least = System.Math.Max(1, extent - 2 * k.Item3);
            return new AnyConvolution(channels * groups, outputs * groups, least + height, least + width, k.Item1,
                k.Item2, k.Item3, k.Item4, groups);
        });

    /// <summary>Of y.</summary>
    public int OutHeight => (Height + 2 * Padding - Dilation * (Kernel - 1) - 1) / Stride + 1;

    /// <summary>Of y.</summary>
    public int OutWidth => (Width + 2 * Padding - Dilation * (Kernel - 1) - 1) / Stride + 1;

    /// <summary>The weight's axes.</summary>
    public string Weight => $"{Outputs}, {Channels / Groups}, {Kernel}, {Kernel}";

    /// <summary>Named arguments.</summary>
    public string Text => $"stride: {Stride}, padding: {Padding}, dilation: {Dilation}, groups: {Groups}";
}
