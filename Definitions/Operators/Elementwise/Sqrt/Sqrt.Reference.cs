using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SqrtFacet() => PrimitiveFacet.Map(Math.Sqrt);
}
