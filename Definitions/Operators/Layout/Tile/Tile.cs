using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>A tensor repeated along each axis, as tiles on a floor.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="counts">How often along each axis.</param>
    /// <returns>The shape of x, each axis so many times as long; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, tile. Numerics: nothing is computed. Error: 0. Memory: nothing. Errors: MC1123 where there is not
    /// a count for each axis, or one below 1.
    /// </remarks>
    /// <example><code>Tensor pattern = Tile(x, 1, 3);</code></example>
    public static Tensor Tile(Tensor x, params Dim[] counts)
    {
        if (counts.Length != x.Shape.Rank || counts.Any(c => c.Minimum < 1))
            throw new ShapeException(
                $"Tile: [{string.Join(", ", counts.Select(c => $"{c}"))}] does not say, for each of " +
                $"the {x.Shape.Rank} axes of {x.Shape}, how often it is repeated. Give each a count of at least 1", x)
                { Id = "MC1123" };
        // [M, N] → [1, M, 1, N] → [a, M, b, N] → [a · M, b · N]
        Shape apart = new([.. x.Shape.Dims.SelectMany(length => new Dim[] { 1, length })]);
        Shape repeated = new([.. x.Shape.Dims.SelectMany((length, axis) => new[] { counts[axis], length })]);
        Shape whole = new([.. x.Shape.Dims.Select((length, axis) => counts[axis] * length)]);
        return Reshape(BroadcastTo(Reshape(x, apart), repeated), whole);
    }
}
