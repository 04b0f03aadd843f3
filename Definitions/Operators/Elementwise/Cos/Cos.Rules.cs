namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet CosFacet() =>
        new() { Formula = "VectorMath.Cos({0})", Cuda = "cosf({0})", Flops = 24, IsExpensive = true };
}
