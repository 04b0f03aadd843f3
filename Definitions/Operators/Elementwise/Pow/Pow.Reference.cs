using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet PowFacet() => PrimitiveFacet.Zip(Math.Pow);
}
