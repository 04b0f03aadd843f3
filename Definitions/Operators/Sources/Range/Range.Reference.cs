using System.Linq;

namespace ModelCompiler;

public static partial class Primitives
{
    private static partial PrimitiveFacet RangeFacet() =>
        PrimitiveFacet.Of((_, attributes, _) => Enumerable.Range(0, (int)attributes.Start).ToArray());
}
