namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ExpFacet() =>
        new() { Formula = "VectorMath.Exp({0})", Cuda = "expf({0})", Flops = 12, IsExpensive = true };
}
