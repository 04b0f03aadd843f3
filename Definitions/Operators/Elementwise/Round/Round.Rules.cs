namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet RoundFacet() =>
        new() { Formula = "Vector512.Round({0})", Cuda = "rintf({0})", Flops = 1 };
}
