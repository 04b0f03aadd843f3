using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Where along one axis the largest element stands; of equal ones the first.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>The shape of x with that axis of length 1; int in [0, length).</returns>
    /// <remarks>
    /// Source: NumPy, argmax. Numerics: exact; of a row with NaN the first NaN. Error: 0: exact. Memory: nothing saved;
    /// no gradient flows. Errors: MC1002 for an axis out of range, MC1115 for an axis that may be longer than 2^24.
    /// </remarks>
    /// <example><code>Tensor&lt;int&gt; place = ArgMax(x, -1);</code></example>
    public static Tensor<int> ArgMax(Tensor x, int axis)
    {
        using var scope = OperatorScope.Of(nameof(ArgMax));
        return FirstPlace(x, Max(x, axis), axis, nameof(ArgMax));
    }

    /// <summary>Along an axis, the first place of an element that is the extreme one, or NaN.</summary>
    static Tensor<int> FirstPlace(Tensor x, Tensor extreme, int axis, string name)
    {
        Dim length = x.Shape[axis];
        // Places are compared as fp32, which holds every integer up to there.
        if (length.Maximum > 1 << 24)
            throw new ShapeException(
                $"{name}: axis {axis} of {x.Shape} has up to {length.Maximum} elements, more than {1 << 24}. Search " +
                    "it in parts with Slice", x) { Id = "MC1115" };
        Dim[] along = [.. Enumerable.Repeat((Dim)1, x.Shape.Rank)];
        along[x.Shape.Axis(axis)] = length;
        Tensor<bool> isFound = Or(Equal(x, extreme), NotEqual(x, x));
        Tensor places = Where(isFound, Cast(Range(length)).Reshape(along), Value(length));
        return ToInteger(Min(places, axis)).Below(length);
    }
}
