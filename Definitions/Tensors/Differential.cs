using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>
/// One operation seen from its gradient rule: its inputs, its output, and the gradient that arrives at the output.
/// </summary>
public sealed class Differential(TensorBase[] inputs, TensorBase output, OperationAttributes attributes, Tensor dy)
{
    /// <summary>The number of inputs.</summary>
    public int Count => inputs.Length;

    public Tensor In(int index) => (Tensor)inputs[index];
    public Tensor<int> Integers(int index) => (Tensor<int>)inputs[index];
    public Tensor<bool> Condition(int index) => (Tensor<bool>)inputs[index];
    public bool IsInteger(int index) => inputs[index].Type == ElementType.Int32;
    public Shape ShapeOf(int index) => inputs[index].Shape;
    public Tensor Out => (Tensor)output;
    public OperationAttributes Attributes => attributes;

    /// <summary>The gradient with respect to the output; the output's shape.</summary>
    public Tensor Dy => dy;

    /// <summary>
    /// Sums away what broadcasting added, so that a gradient has the shape of the input it belongs to.
    /// </summary>
    public Tensor Like(Tensor gradient, int index)
    {
        Shape target = inputs[index].Shape;
        if (gradient.Shape.Equals(target)) return gradient;
        int extra = gradient.Shape.Rank - target.Rank;
        for (int axis = 0; axis < gradient.Shape.Rank; axis++)
            if (gradient.Shape[axis] != 1 && (axis < extra || target[axis - extra] == 1)) gradient = Sum(gradient,
                axis);
        return gradient.Shape.Equals(target) ? gradient : Reshape(gradient, target);
    }
}
