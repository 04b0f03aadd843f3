namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SoftplusFacet() =>
        new() { Formula = "VectorMath.Softplus({0})", Cuda = "softplus({0})", Flops = 32, IsExpensive = true };
}
