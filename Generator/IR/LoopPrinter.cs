using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace ModelCompiler.IR;

/// <summary>
/// The text form of loops: one node a line.
/// <code>
/// for int row in first .. last {
///   var scale = Vector512.Create(*(gain))
///   vector j in 0 .. 128 {
///     load x = xRow + j
///     store yRow + j = x * scale
///   }
/// }
/// </code>
/// A vector loop says <c>tail</c> where its length need not be a multiple of the vector's.
/// </summary>
static class LoopPrinter
{
    public static string Print(IEnumerable<LoopNode> nodes, int depth = 0)
    {
        var text = new StringBuilder();
        Nodes(nodes, depth, text);
        return text.ToString();
    }

    static void Nodes(IEnumerable<LoopNode> nodes, int depth, StringBuilder text)
    {
        foreach (LoopNode node in nodes)
        {
            text.Append(' ', depth * 2).Append(Node(node)).Append('\n');
            if (node is not (For or VectorFor)) continue;
            Nodes(node is For counted ? counted.Body : ((VectorFor)node).Body, depth + 1, text);
            text.Append(' ', depth * 2).Append("}\n");
        }
    }

    static string Low(StorageType storage) => storage.IsLow() ? " as " + storage.Text() : "";

    static string Node(LoopNode node) => node switch
    {
        Remark remark => "; " + remark.Text,
        Let let => $"{let.Type} {let.Name} = {let.Expression}",
        LetAccumulator let => $"accumulator {let.Name} = {let.Identity}",
        For loop => $"for {loop.Type} {loop.Variable} in {loop.From} .. {loop.To} {{",
        VectorFor loop => $"vector {loop.Variable} in {loop.From} .. {loop.To}{(loop.HasTail ? " tail" : "")} {{",
        LoadVector load => $"load {load.Name} = {load.Pointer}{(load.Stride == "1" ? "" : $" stride {load.Stride}")}"
            + (load.Storage == StorageType.Int32 ? " integer" : Low(load.Storage)),
        StoreVector store => $"store {store.Pointer} = {store.Value}{Low(store.Storage)}",
        StoreScalar store => $"store one {store.Pointer} = {store.Value}{Low(store.Storage)}",
        Accumulate sum => $"accumulate {string.Format(CultureInfo.InvariantCulture, sum.Formula, sum.Name, sum.Value)}",
        _ => throw new System.InvalidOperationException($"{node.GetType().Name} has no text form."),
    };
}
