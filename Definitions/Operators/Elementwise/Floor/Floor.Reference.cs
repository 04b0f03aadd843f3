using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet FloorFacet() => PrimitiveFacet.Map(Math.Floor);
}
