using ModelCompiler.Graphs;

namespace ModelCompiler;

public static partial class Operators
{
    private static partial Dim NextDraw() => Recorder.Current.NextDraw();
}

public static partial class Primitives
{
    private static partial PrimitiveFacet RandomUniformFacet() => new() { Flops = 12, IsExpensive = true };
}
