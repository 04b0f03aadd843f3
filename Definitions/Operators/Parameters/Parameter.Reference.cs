namespace ModelCompiler;

public static partial class Parameter
{
    public static partial Tensor Normal(double deviation, params Dim[] shape) =>
        new(new Shape(shape), "normal", deviation);
    public static partial Tensor Uniform(double bound, params Dim[] shape) => new(new Shape(shape), "uniform", bound);
    public static partial Tensor TruncatedNormal(double deviation, params Dim[] shape) =>
        new(new Shape(shape), "truncated_normal", deviation);
    public static partial Tensor Orthogonal(double gain, params Dim[] shape) =>
        new(new Shape(shape), "orthogonal", gain);
    public static partial Tensor Constant(double value, params Dim[] shape) => new(new Shape(shape), "constant", value);
}
