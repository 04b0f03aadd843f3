namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ErfFacet() =>
        new() { Formula = "VectorMath.Erf({0})", Cuda = "erff({0})", Flops = 20, IsExpensive = true };
}
