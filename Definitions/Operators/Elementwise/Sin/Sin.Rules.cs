namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SinFacet() =>
        new() { Formula = "VectorMath.Sin({0})", Cuda = "sinf({0})", Flops = 24, IsExpensive = true };
}
