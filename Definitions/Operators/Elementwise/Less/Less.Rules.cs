namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet LessFacet() =>
        new() { Formula = "Vector512.LessThan({0}, {1})", Cuda = "({0} < {1})", Flops = 1 };
}
