using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet SinFacet() => PrimitiveFacet.Map(Math.Sin);
}
