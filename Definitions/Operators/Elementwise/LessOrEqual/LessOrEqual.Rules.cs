namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet LessOrEqualFacet() =>
        new() { Formula = "Vector512.LessThanOrEqual({0}, {1})", Cuda = "({0} <= {1})", Flops = 1 };
}
