using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet RoundFacet() => PrimitiveFacet.Map(Math.Round);
}
