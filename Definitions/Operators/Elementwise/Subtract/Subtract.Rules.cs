namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SubtractFacet() =>
        new() { Formula = "{0} - {1}", Cuda = "{0} - {1}", Flops = 1 };
}
