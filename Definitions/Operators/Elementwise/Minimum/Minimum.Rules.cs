namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MinimumFacet() =>
        new() { Formula = "Vector512.Min({0}, {1})", Cuda = "minimum({0}, {1})", Flops = 1 };
}
