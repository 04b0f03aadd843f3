namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet AbsFacet() =>
        new() { Formula = "Vector512.Abs({0})", Cuda = "fabsf({0})", Flops = 1 };
}
