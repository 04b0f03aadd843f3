namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet Log1pFacet() =>
        new() { Formula = "VectorMath.Log1p({0})", Cuda = "log1pf({0})", Flops = 20, IsExpensive = true };
}
