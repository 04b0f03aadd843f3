using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet RsqrtFacet() => PrimitiveFacet.Map(x => 1 / Math.Sqrt(x));
}
