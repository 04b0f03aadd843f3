using System.Collections.Generic;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>Pointers to operands' rows, each made once a row.</summary>
sealed class RowPointers(KernelBuilder builder)
{
    readonly Dictionary<string, string> known = [];

    /// <param name="value">The operand.</param>
    /// <param name="pointer">To its first element.</param>
    /// <param name="offset">Of the row, as a term behind the operand's pointer; empty if every row is the same.</param>
    /// <param name="row">The row's statements; a new pointer goes before everything that reads it.</param>
    public string Of(Value value, string pointer, string offset, List<LoopNode> row)
    {
        if (offset.Length == 0) return pointer;
        if (known.TryGetValue(pointer + offset, out string? name)) return name;
        name = builder.Name(builder.Addresses.NameOf(value) + "Row");
        row.Insert(known.Count, new Let(builder.PointerType(value), name, pointer + offset));
        return known[pointer + offset] = name;
    }
}
