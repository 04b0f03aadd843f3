using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>
/// Lowers an operation that is one call of a runtime routine with an epilogue on its tiles; what it calls its folder
/// says.
/// </summary>
static class LowerTiledCall
{
    /// <summary>The call; <paramref name="epilogue"/> is filled where the kernel has elementwise values.</summary>
    public static TiledCall Run(Kernel kernel, List<Value> values, AddressText addresses, MemoryPlan plan,
        string source, IReadOnlyList<string> notes, KernelBuilder epilogue)
    {
        Value product = values[0], tiles = LowerEpilogue.Tiles(kernel, values, plan);
        var widened = new WidenOperands(kernel, values, addresses, tiles);
        bool isApart = tiles.Storage.IsLow();
        bool hasEpilogue = isApart || kernel.Outputs.Any(o => o != product);
        string Place() =>
            $"(nint)(tileRow - {epilogue.Field("float*", "tiles", "the result in fp32", widened.Of(tiles))})";
        if (hasEpilogue) LowerEpilogue.Run(kernel, values, tiles, epilogue, isApart ? Place() : null);
        string text = product.Op.Facet.Call!(product, [.. product.Inputs.Select(widened.Of)], widened.Of(tiles));
        return new TiledCall(source, [.. notes, .. widened.Notes], widened.Before(text),
            hasEpilogue ? epilogue.Kernel : null, epilogue.Arguments);
    }
}
