using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>A new axis of length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Where the result has it; negative from the end of the result.</param>
    /// <returns>The shape of x with that axis; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, expand_dims. Numerics: nothing is computed. Error: 0. Memory: nothing. Errors: MC1002 for an axis
    /// out of range.
    /// </remarks>
    /// <example><code>Tensor column = Unsqueeze(labels, -1);</code></example>
    public static Tensor Unsqueeze(Tensor x, int axis)
    {
        // Counted in the result, which has one axis more.
        int counted = new Shape([.. x.Shape.Dims, 1]).Axis(axis);
        return Reshape(x, new Shape([.. x.Shape.Dims.Take(counted), 1, .. x.Shape.Dims.Skip(counted)]));
    }
}
