namespace ModelCompiler;

/// <summary>
/// A tensor that a model keeps from step to step without training it: running statistics, centres, counts. It is saved
/// in checkpoints under its field path, as parameters are, and no gradient flows through it.
/// </summary>
/// <remarks>
/// It changes in training alone: in evaluation a new value is not taken up, so that sessions can share one model. What
/// is read after a change in the same step is the new value; the next step starts from it.
/// </remarks>
/// <example><code>
/// readonly State mean = State.Zeros(64);
/// ...
/// if (IsTraining) mean.Value = 0.9 * mean + 0.1 * Mean(x, 0).Reshape(64);
/// </code></example>
public sealed partial class State
{
    /// <summary>Starts as one value everywhere.</summary>
    /// <param name="value">The value.</param>
    /// <param name="shape">Constant lengths.</param>
    public static partial State Constant(double value, params Dim[] shape);

    /// <summary>Starts as zeros.</summary>
    /// <param name="shape">Constant lengths.</param>
    public static State Zeros(params Dim[] shape) => Constant(0, shape);

    /// <summary>Starts as ones.</summary>
    /// <param name="shape">Constant lengths.</param>
    public static State Ones(params Dim[] shape) => Constant(1, shape);

    /// <summary>The shape it keeps.</summary>
    public Shape Shape => Stored.Shape;

    /// <summary>
    /// The numbers as a constant of this step; assigned in training, those that this step goes on with and the next one
    /// starts from.
    /// </summary>
    /// <exception cref="ShapeException">MC1014: another shape, or a change inside a loop that is not over the layers
    /// this belongs to.</exception>
    public partial Tensor Value { get; set; }

    /// <summary>What is saved.</summary>
    internal Tensor Stored { get; }

    State(Tensor stored) => Stored = stored;

    public static implicit operator Tensor(State state) => state.Value;

    public static Tensor operator +(State a, Tensor b) => a.Value + b;
    public static Tensor operator +(Tensor a, State b) => a + b.Value;
    public static Tensor operator -(State a, Tensor b) => a.Value - b;
    public static Tensor operator -(Tensor a, State b) => a - b.Value;
    public static Tensor operator *(State a, Tensor b) => a.Value * b;
    public static Tensor operator *(Tensor a, State b) => a * b.Value;

    void CheckShape(Tensor value)
    {
        if (!value.Shape.Equals(Shape))
            throw new ShapeException($"a state of {Shape} cannot become {value.Shape}: it keeps its shape; Reshape " +
                "the new value", value) { Id = "MC1014" };
    }
}
