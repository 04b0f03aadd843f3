namespace ModelCompiler.Benchmarks.Models;

/// <summary>Normalizes each channel by its mean and variance over a batch of images, then scales and shifts it.</summary>
/// <param name="channels">Of x.</param>
[Model]
public sealed partial class BatchStatistics(int channels)
{
    readonly Tensor gain = Parameter.Ones(channels), shift = Parameter.Zeros(channels);

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, channels, H, W]; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    public Tensor Forward(Tensor x)
    {
        Tensor centered = x - OverImages(x);
        Tensor scale = Rsqrt(OverImages(centered * centered) + 1e-5) * gain.Reshape(1, channels, 1, 1);
        return centered * scale + shift.Reshape(1, channels, 1, 1);
    }

    /// <summary>[B, C, H, W] → [1, C, 1, 1].</summary>
    static Tensor OverImages(Tensor x) => Mean(Mean(Mean(x, 3), 2), 0);
}
