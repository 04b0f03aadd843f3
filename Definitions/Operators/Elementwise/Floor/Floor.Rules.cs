namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet FloorFacet() =>
        new() { Formula = "Vector512.Floor({0})", Cuda = "floorf({0})", Flops = 1 };
}
