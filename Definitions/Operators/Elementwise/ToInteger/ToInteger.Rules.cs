namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ToIntegerFacet() =>
        new() { Formula = "Vector512.ConvertToInt32({0})", Cuda = "__float2int_rz({0})", Flops = 1 };
}
