namespace ModelCompiler;

public sealed partial class State
{
    public static partial State Constant(double value, params Dim[] shape) =>
        new(new Tensor(new Shape(shape), "constant", value, isTrained: false));

    // What has been read stays as it was: a change puts other numbers there.
    public partial Tensor Value
    {
        get => new(Stored.Data, Shape);
        set
        {
            CheckShape(value);
            if (Eager.IsTraining) Stored.SetData((double[])value.Data.Clone());
        }
    }
}
