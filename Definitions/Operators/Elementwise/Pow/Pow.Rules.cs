namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet PowFacet() =>
        new() { Formula = "VectorMath.Pow({0}, {1})", Cuda = "power({0}, {1})", Flops = 60, IsExpensive = true };
}
