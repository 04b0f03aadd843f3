using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>A tensor of real numbers: the surface a model author writes with.</summary>
public sealed partial class Tensor : TensorBase
{
    public override ElementType Type => ElementType.Float32;

    /// <summary>The last two axes swapped: [.., M, N] → [.., N, M].</summary>
    public Tensor T
    {
        get
        {
            if (Shape.Rank < 2) throw new ShapeException(
                $"T: a transpose needs two axes, this is {Shape}") { Id = "MC1004" };
            int[] axes = [.. Enumerable.Range(0, Shape.Rank)];
            (axes[Shape.Rank - 1], axes[Shape.Rank - 2]) = (axes[Shape.Rank - 2], axes[Shape.Rank - 1]);
            return Permute(this, axes);
        }
    }

    /// <summary>The same elements in other axes; the sizes must be equal.</summary>
    public Tensor Reshape(params Dim[] dims) => Operators.Reshape(this, new Shape(dims));

    /// <summary>One row of the first axis: [N, ..] → [..].</summary>
    public Tensor this[int row] => Operators.Reshape(Slice(this, 0, row, 1), Shape.Tail);

    public static implicit operator Tensor(double value) => Constant(value);
    public static Tensor operator +(Tensor a, Tensor b) => Add(a, b);
    public static Tensor operator -(Tensor a, Tensor b) => Subtract(a, b);
    public static Tensor operator *(Tensor a, Tensor b) => Multiply(a, b);
    public static Tensor operator /(Tensor a, Tensor b) => Divide(a, b);
    public static Tensor operator -(Tensor a) => Multiply(Constant(-1), a);
    public static Tensor<bool> operator <(Tensor a, Tensor b) => Less(a, b);
    public static Tensor<bool> operator >(Tensor a, Tensor b) => Less(b, a);
    public static Tensor<bool> operator <=(Tensor a, Tensor b) => LessOrEqual(a, b);
    public static Tensor<bool> operator >=(Tensor a, Tensor b) => LessOrEqual(b, a);
}
