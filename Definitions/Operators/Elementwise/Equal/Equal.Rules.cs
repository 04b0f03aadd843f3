namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet EqualFacet() =>
        new() { Formula = "Vector512.Equals({0}, {1})", Cuda = "({0} == {1})", Flops = 1 };
}
