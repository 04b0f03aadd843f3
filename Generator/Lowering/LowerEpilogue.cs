using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>
/// Lowers the elementwise values of a product's kernel to a kernel that the product calls on each finished tile.
/// <code>
/// kernel matmul { n1 = matmul(x, w)  n2 = n1 + bias }   →   for r: for j: tile[r, j] = tile[r, j] + bias[column + j]
/// kernel matmul { n1 = conv2d(x, w)  n2 = n1 + bias }   →   for r: for j: tile[r, j] = tile[r, j] + bias[row + r]
/// </code>
/// </summary>
static class LowerEpilogue
{
    /// <summary>
    /// Where the tiles are accumulated: in the product's own memory, or in that of an output no operand shares.
    /// </summary>
    public static Value Tiles(Kernel kernel, List<Value> values, MemoryPlan plan)
    {
        if (kernel.Outputs.Contains(values[0])) return values[0];
        List<Address> read = [.. values.SelectMany(v => v.Inputs)
            .Where(i => i.Kernel != kernel && i.Op.Kind != PrimitiveKind.Source)
            .Select(i => plan.AddressOf(Strided.Of(i)!.Base))];
        // Another iteration's place in a stack is other memory.
        bool IsRead(Address own) => read.Any(r => r.Buffer == own.Buffer && r.Terms.SequenceEqual(own.Terms));
        return kernel.Outputs.First(o => !IsRead(plan.AddressOf(o)));
    }

    /// <param name="kernel">Of the product, which is its first value.</param>
    /// <param name="values">Of the kernel, in order.</param>
    /// <param name="tiles">Where the tiles are accumulated.</param>
    /// <param name="builder">Filled.</param>
    /// <param name="place">
    /// Where tiles are apart from what is written: C# of the place of row r of a tile in that; null where they lie in
    /// the memory of <paramref name="tiles"/>.
    /// </param>
    public static void Run(Kernel kernel, List<Value> values, Value tiles, KernelBuilder builder, string? place = null)
    {
        Value product = values[0];
        bool isApart = place is not null;
        List<LoopNode> kernelNodes = [], rowNodes = [], element = [];
        var accesses = new KernelAccesses(kernel, [.. values.Skip(1)]);
        rowNodes.Add(new Let("float*", "tileRow", "tile + r * tileStride"));
        rowNodes.Add(new Let("nint", "at", place ?? $"(nint)(tileRow - {builder.Pointer(tiles)})"));
        string productName = builder.Name(product);
        var expressions = new ExpressionLowering(kernel, accesses, Operand,
            _ => throw new System.InvalidOperationException(), builder)
        {
            KernelNodes = kernelNodes, RowNodes = rowNodes, ElementNodes = element,
        };
        element.Add(new LoadVector(productName, "tileRow + j", StorageType.Float32));
        if (expressions.IsRounded(product))
        {
            string stored = builder.Name(product, "Stored");
            element.Add(new Let("var", stored, builder.Language.Round(product.Storage, productName)));
            productName = stored;
        }
        expressions.Define(product, Level.Element, productName);
        List<LoopNode> stores = [];
        foreach (Value output in kernel.Outputs.Where(o => isApart || o != product))
        {
            string text = output == product ? productName
                : expressions.Evaluate(output, accesses.RootMap(output)).Text;
            stores.Add(new StoreVector(output == tiles && !isApart ? "tileRow + j"
                : $"{builder.Pointer(output)} + at + j", text, output.Storage));
        }
        element.AddRange(stores);
        rowNodes.Add(new VectorFor("j", "0", "columns", true, element));
        builder.Kernel.Body.AddRange(kernelNodes);
        builder.Kernel.Body.Add(new For("int", "r", "0", "rows", rowNodes));

        (Level, string, LoopNode?) Operand(Value value, AxisMap map)
        {
            if (value.Is(Primitives.RandomUniform))
                return (Level.Element,
                    builder.Random(value, "Vector512<int>.Indices + Vector512.Create((int)(at + j))"),
                    null);
            if (value.Shape.Effective().Count == 0) return (Level.Kernel,
                KernelBuilder.Repeated(value, "*" + builder.Pointer(value)), null);
            string name = builder.Local(value, map.ToString()), pointer = builder.Pointer(value);
            bool isFull = value.Shape.Effective().SequenceEqual(product.Shape.Effective());
            // Rows of a tile are channels, and grouping has let no other vector in.
            if (!isFull && product.Op.Facet.HasEpilogue)
                return (Level.Row, KernelBuilder.Repeated(value, $"{pointer}[row + r]"), null);
            return (Level.Element, name, new LoadVector(name,
                isFull ? $"{pointer} + at + j" : $"{pointer} + column + j", value.Storage));
        }
    }
}
