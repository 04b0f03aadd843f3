namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ToIntegerFacet() =>
        new() { Formula = "Vector512.ConvertToInt32({0})", Flops = 1 };
}
