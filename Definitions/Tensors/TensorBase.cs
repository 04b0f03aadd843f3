namespace ModelCompiler;

/// <summary>
/// What every tensor has, whatever its elements. In Definitions a tensor holds numbers; in the compiler it holds a
/// value of the graph being recorded.
/// </summary>
public abstract partial class TensorBase
{
    /// <summary>Axis lengths, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>The type of one element.</summary>
    public abstract ElementType Type { get; }

    /// <summary>The length of one axis; negative axes count from the end.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Dim Length(int axis) => Shape[axis];
}
