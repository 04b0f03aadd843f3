using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>The fields, names and operand addresses of one kernel while it is being lowered.</summary>
sealed class KernelBuilder(CpuKernel kernel, AddressText addresses)
{
    // Locals and parameters that lowering and emission write themselves: a user's variable of that name gets another in the kernel.
    readonly HashSet<string> names =
    [
        "first", "last", "row", "j", "from", "to", "left", "rest", "tile", "tileStride", "tileRow", "at", "outer", "inner", "column", "rows", "columns", "item",
        "outerItem", "blocks", "r", .. Enumerable.Range(0, 8).SelectMany(i => new[] { $"i{i}", $"rest{i}", $"rRest{i}", $"outerItemRest{i}" }),
    ];
    readonly Dictionary<Value, string> pointers = [];
    readonly HashSet<string> symbols = [];

    public CpuKernel Kernel => kernel;
    public AddressText Addresses => addresses;
    public List<Argument> Arguments { get; } = [];

    /// <summary>A C# name nobody has yet, after a value.</summary>
    public string Name(Value value, string suffix = "") =>
        Name(BufferNames.Camel(value.Name.Length > 0 ? value.Name : value.Kernel is null ? BufferNames.Of(value)
            : value.Op.Name) + suffix);

    public string Name(string wish)
    {
        string name = wish;
        for (int i = 2; !names.Add(name)
            || symbols.Contains(name); i++) name = wish + i.ToString(CultureInfo.InvariantCulture);
        return CSharpLiteral.Identifier(name);
    }

    /// <summary>The field that points at a value's first element.</summary>
    public string Pointer(Value value)
    {
        if (pointers.TryGetValue(value, out string? known)) return known;
        string type = value.Type == ElementType.Int32 ? "int*" : "float*";
        string name = Name(value.Name.Length > 0 ? BufferNames.Camel(value.Name)
            : BufferNames.Camel(BufferNames.Of(value)));
        string layout = value.Layout is { } order
            ? $", in memory as [{string.Join(", ", order.Select(a => value.Shape[a]))}]" : "";
        kernel.Fields.Add(new(type, name, value.Shape + layout));
        Arguments.Add(new(name, addresses.Of(value)));
        return pointers[value] = name;
    }

    /// <summary>A length as C#, its symbols as fields.</summary>
    public string Length(Dim dim)
    {
        foreach (DimSymbol symbol in dim.Symbols)
            if (symbols.Add(symbol.Name))
            {
                kernel.Fields.Add(new("int", symbol.Name, "dim"));
                Arguments.Add(new(symbol.Name, symbol.Name));
            }
        string text = dim.ToString();
        return text.Contains(' ') ? $"({text})" : text;
    }

    /// <summary>index * stride as a term of an address; empty for stride 0.</summary>
    public string Term(string index, Dim stride) =>
        stride == 0 ? "" : stride == 1 ? $" + {index}" : $" + (nint){index} * {Length(stride)}";
}
