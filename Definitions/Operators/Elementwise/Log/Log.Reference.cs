using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet LogFacet() => PrimitiveFacet.Map(Math.Log);
}
