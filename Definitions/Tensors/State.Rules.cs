using ModelCompiler.Graphs;
using ModelCompiler.IR;

namespace ModelCompiler;

public sealed partial class State
{
    public static partial State Constant(double value, params Dim[] shape) =>
        new(Recorder.Current.AddState(new Shape(shape), new ParameterInitializer("constant", value)));

    public partial Tensor Value
    {
        get => Recorder.Current.ReadState(Stored);
        set
        {
            CheckShape(value);
            Recorder.Current.WriteState(Stored, value);
        }
    }
}
