namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SqrtFacet() =>
        new() { Formula = "Vector512.Sqrt({0})", Cuda = "sqrtf({0})", Flops = 1 };
}
