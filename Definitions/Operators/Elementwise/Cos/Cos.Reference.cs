using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet CosFacet() => PrimitiveFacet.Map(Math.Cos);
}
