namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet NotFacet() => new() { Formula = "(~{0})", Cuda = "(!{0})" };
}
