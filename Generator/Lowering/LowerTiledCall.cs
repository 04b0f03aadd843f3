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
        bool hasEpilogue = kernel.Outputs.Any(o => o != product);
        if (hasEpilogue) LowerEpilogue.Run(kernel, values, tiles, epilogue);
        string text = product.Op.Facet.Call!(product, [.. product.Inputs.Select(addresses.Of)], addresses.Of(tiles));
        return new TiledCall(source, notes, text, hasEpilogue ? epilogue.Kernel : null, epilogue.Arguments);
    }
}
