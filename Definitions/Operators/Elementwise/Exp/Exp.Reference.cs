using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet ExpFacet() => PrimitiveFacet.Map(Math.Exp);
}
