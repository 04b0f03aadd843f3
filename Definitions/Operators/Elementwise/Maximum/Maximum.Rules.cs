namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MaximumFacet() =>
        new() { Formula = "Vector512.Max({0}, {1})", Cuda = "maximum({0}, {1})", Flops = 1 };
}
