namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet LogFacet() =>
        new() { Formula = "VectorMath.Log({0})", Cuda = "logf({0})", Flops = 14, IsExpensive = true };
}
