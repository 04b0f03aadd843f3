namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet CastFacet() =>
        new() { Formula = "Vector512.ConvertToSingle({0})", Cuda = "(float){0}", Flops = 1 };
}
