using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MaximumFacet() => PrimitiveFacet.Zip(Math.Max);
}
