namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet RsqrtFacet() =>
        new() { Formula = "VectorMath.ReciprocalSqrt({0})", Cuda = "rsqrtf({0})", Flops = 2 };
}
