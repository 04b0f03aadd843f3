using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet AbsFacet() => PrimitiveFacet.Map(Math.Abs);
}
