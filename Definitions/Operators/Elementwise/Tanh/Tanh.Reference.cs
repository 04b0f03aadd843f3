using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet TanhFacet() => PrimitiveFacet.Map(Math.Tanh);
}
