using ModelCompiler.Graphs;
using ModelCompiler.IR;

namespace ModelCompiler;

public static partial class Parameter
{
    public static partial Tensor Normal(double deviation, params Dim[] shape) => Create("normal", deviation, shape);
    public static partial Tensor Uniform(double bound, params Dim[] shape) => Create("uniform", bound, shape);
    public static partial Tensor TruncatedNormal(double deviation, params Dim[] shape) =>
        Create("truncated_normal", deviation, shape);
    public static partial Tensor Orthogonal(double gain, params Dim[] shape) => Create("orthogonal", gain, shape);
    public static partial Tensor Constant(double value, params Dim[] shape) => Create("constant", value, shape);

    static Tensor Create(string distribution, double scale, Dim[] shape) =>
        Recorder.Current.AddParameter(new Shape(shape), new ParameterInitializer(distribution, scale));
}
