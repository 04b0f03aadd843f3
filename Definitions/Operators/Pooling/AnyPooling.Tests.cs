using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Poolings that nobody chose.</summary>
/// <param name="Channels">Of x.</param>
/// <param name="Height">Of x.</param>
/// <param name="Width">Of x.</param>
/// <param name="Kernel">Rows and columns.</param>
/// <param name="Stride">Both ways.</param>
/// <param name="Padding">Both ways.</param>
public sealed record AnyPooling(int Channels, int Height, int Width, int Kernel, int Stride, int Padding)
{
    /// <summary>Every window fits its image.</summary>
    public static Gen<AnyPooling> Settings =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[0, 2],
            (channels, height, width, kernel, stride, padding) => new AnyPooling(channels, height + kernel,
                width + kernel, kernel, stride, System.Math.Min(padding, kernel / 2)));

    /// <summary>Of x, of any number of images.</summary>
    public string X => $"B, {Channels}, {Height}, {Width}";

    /// <summary>Of y, of any number of images.</summary>
    public string Y => $"B, {Channels}, {(Height + 2 * Padding - Kernel) / Stride + 1}, {OutWidth}";

    /// <summary>Of y.</summary>
    public int OutWidth => (Width + 2 * Padding - Kernel) / Stride + 1;

    /// <summary>Arguments.</summary>
    public string Text => $"{Kernel}, stride: {Stride}, padding: {Padding}";
}
