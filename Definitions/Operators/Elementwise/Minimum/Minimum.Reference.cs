using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MinimumFacet() => PrimitiveFacet.Zip(Math.Min);
}
