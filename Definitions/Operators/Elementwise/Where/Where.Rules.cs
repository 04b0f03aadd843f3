namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet WhereFacet() =>
        new() { Formula = "Vector512.ConditionalSelect({0}, {1}, {2})", Cuda = "({0} ? {1} : {2})", Flops = 1 };
}
