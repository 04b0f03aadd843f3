using System;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet MaxFacet() => PrimitiveFacet.Fold(double.NegativeInfinity, Math.Max);
}
