namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet TanhFacet() =>
        new() { Formula = "VectorMath.Tanh({0})", Cuda = "tanhf({0})", Flops = 16, IsExpensive = true };
}
