namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean of each channel of an image: one number for each.</summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <returns>[B, C]; fp32.</returns>
    /// <remarks>
    /// Source: Lin, Chen and Yan, Network In Network (2014). Numerics: fp32 sum, then one division. Error: 1e-6 ·
    /// √(H W) relative to the mean magnitude.
    /// Memory: nothing. Errors: MC1146 for axes that are no images.
    /// </remarks>
    /// <example><code>Tensor features = GlobalAveragePool(x);</code></example>
    public static Tensor GlobalAveragePool(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(GlobalAveragePool));
        if (x.Shape.Rank != 4) throw new ShapeException(
            $"GlobalAveragePool: x is {x.Shape}; it must have axes of images, channels and places. Reshape it", x)
            { Id = "MC1146" };
        Tensor rows = x.Reshape(x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[3]);
        return Mean(rows, 2).Reshape(x.Shape[0], x.Shape[1]);
    }
}
