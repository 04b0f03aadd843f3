using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>
/// The fields, names and operand addresses of one kernel while it is being lowered. A value's field and its local have
/// the same name, that of the value: fields are read through <c>this</c>.
/// </summary>
class KernelBuilder
{
    readonly CpuKernel kernel;
    readonly AddressText addresses;

    // Locals and parameters that lowering and emission write themselves: a user's variable of that name gets another in
    // the kernel.
    readonly HashSet<string> locals =
    [
        "first", "last", "row", "j", "from", "to", "left", "rest", "tile", "tileStride", "tileRow", "at", "outer",
            "inner", "column", "rows", "columns", "item",
        "outerItem", "blocks", "r",
            .. Enumerable.Range(0, 8).SelectMany(i => new[] { $"i{i}", $"rest{i}", $"rRest{i}", $"outerItemRest{i}" }),
    ];
    /// <summary>Names of the kernel's operands that are taken.</summary>
    protected HashSet<string> Fields { get; } = [];

    readonly Dictionary<(Value, string), string> places = [];
    readonly Dictionary<Value, string> pointers = [];
    /// <summary>Dims and indices that are operands already.</summary>
    protected HashSet<string> Symbols { get; } = [];


    /// <param name="kernel">To be filled.</param>
    /// <param name="addresses">Where operands are.</param>
    /// <param name="dims">The model's dims, which are fields of their own.</param>
    public KernelBuilder(CpuKernel kernel, AddressText addresses, IReadOnlyList<DimSymbol> dims)
    {
        (this.kernel, this.addresses, Dims) = (kernel, addresses, dims);
        locals.UnionWith(dims.Select(d => d.Name));
        Fields.UnionWith(dims.Select(d => d.Name));
    }

    /// <summary>What the kernel is written in.</summary>
    public virtual KernelLanguage Language => KernelLanguage.Vectors;

    public CpuKernel Kernel => kernel;
    public AddressText Addresses => addresses;
    public IReadOnlyList<DimSymbol> Dims { get; }
    public List<Argument> Arguments { get; } = [];

    /// <summary>A new local, after a value.</summary>
    public string Name(Value value, string suffix = "") => Name(Called(value) + suffix);

    /// <summary>The local that holds a value read at a place, the same in every pass over a row.</summary>
    public string Local(Value value, string place)
    {
        if (!places.TryGetValue((value, place), out string? known)) places[(value, place)] = known = Name(value);
        return known;
    }

    public virtual string Name(string wish) => CSharpLiteral.Identifier(Identifiers.Unique(wish, locals));

    string Called(Value value) => value.Is(Primitives.Value) ? "length" : addresses.NameOf(value);

    /// <summary>What a pointer to a value's elements is declared as.</summary>
    public virtual string PointerType(Value value) => value.Storage.CSharp() + "*";

    /// <summary>The field that points at a value's first element, as code inside the kernel reads it.</summary>
    public virtual string Pointer(Value value)
    {
        if (pointers.TryGetValue(value, out string? known)) return known;
        string type = PointerType(value);
        string name = CSharpLiteral.Identifier(Identifiers.Unique(addresses.NameOf(value), Fields));
        string layout = value.Layout is { } order
            ? $", in memory as [{string.Join(", ", order.Select(a => value.Shape[a]))}]" : "";
        kernel.Fields.Add(new(type, name, value.Shape + layout));
        Arguments.Add(new(name, addresses.Of(value)));
        return pointers[value] = "this." + name;
    }

    /// <summary>The field that holds what the trainer multiplies the loss by.</summary>
    public virtual string LossScale()
    {
        const string Name = "lossScale";
        if (Fields.Add(Name))
        {
            kernel.Fields.Add(new("float", Name, "what the loss is multiplied by"));
            Arguments.Add(new(Name, "LossScale"));
        }
        return Name;
    }

    /// <summary>C# of all 16 lanes with the number at a place.</summary>
    public static string Repeated(Value value, string place) =>
        $"Vector512.Create({(value.Storage.IsLow() ? "(float)" : "")}{place})";

    /// <summary>A field of another type, with its argument.</summary>
    public string Field(string type, string wish, string note, string argument)
    {
        string name = CSharpLiteral.Identifier(Identifiers.Unique(wish, Fields));
        kernel.Fields.Add(new(type, name, note));
        Arguments.Add(new(name, argument));
        return "this." + name;
    }

    /// <summary>Random numbers as C#: by their places in the tensor, the pass's key and the number of the call.
    /// </summary>
    /// <param name="value">A draw.</param>
    /// <param name="index">C# of the elements' places.</param>
    public virtual string Random(Value value, string index)
    {
        foreach (string key in (string[])["randomKey0", "randomKey1"])
            if (Fields.Add(key))
            {
                kernel.Fields.Add(new("int", key, "half of what this pass draws random numbers by"));
                Arguments.Add(new(key, Identifiers.Pascal(key)));
            }
        Dim draw = value.Attributes.Start;
        KnowIndices(draw, value.Region);
        return $"VectorMath.RandomUniform({index}, randomKey0, randomKey1, {Length(draw)})";
    }

    /// <summary>Makes the indices of the loops around a region operands, where a number depends on them.</summary>
    protected void KnowIndices(Dim number, Region around)
    {
        foreach (DimSymbol symbol in number.Symbols)
            for (Region? region = around; region is not null; region = region.Parent)
                if (region.Owner is { } loop && loop.Symbol.Equals(symbol) && Symbols.Add(symbol.Name))
                {
                    kernel.Fields.Add(new("int", symbol.Name, "the index of a loop around this kernel"));
                    Arguments.Add(new(symbol.Name, loop.Index));
                }
    }

    /// <summary>Random numbers of a kernel that runs over rows: drawn once a kernel, a row or an element.</summary>
    /// <param name="value">A draw.</param>
    /// <param name="stride">From element to element of a row.</param>
    /// <param name="offset">Where the row begins, as terms of a sum.</param>
    /// <param name="hasRows">Whether there is more than one row.</param>
    public virtual (Level, string, LoopNode?) Random(Value value, Dim stride, string offset, bool hasRows)
    {
        if (stride == 0)
            return (offset.Length == 0 ? Level.Kernel : hasRows ? Level.Row : Level.Element,
                Random(value, $"Vector512.Create((int)(0{offset}))"), null);
        string elements = stride == 1 ? $"Vector512<int>.Indices + Vector512.Create((int)(j{offset}))"
            : $"(Vector512<int>.Indices + Vector512.Create((int)j)) * ({Length(stride)})" +
                $"{(offset.Length == 0 ? "" : $" + Vector512.Create((int)(0{offset}))")}";
        return (Level.Element, Random(value, elements), null);
    }

    /// <summary>A length as C#, its symbols as fields; in parentheses where it is a sum.</summary>
    public string Length(Dim dim)
    {
        Know(dim);
        return AddressText.Product(dim);
    }

    /// <summary>
    /// A length as C# that stands alone or as a divisor: in parentheses where it is more than one word.
    /// </summary>
    public string Divisor(Dim dim)
    {
        Know(dim);
        return AddressText.Atom(dim);
    }

    /// <summary>What a dim's operand is declared as.</summary>
    protected virtual string DimType => "int";

    void Know(Dim dim)
    {
        foreach (DimSymbol symbol in dim.Symbols)
            if (Symbols.Add(symbol.Name))
            {
                kernel.Fields.Add(new(DimType, symbol.Name, $"a dim, at most {symbol.Max}"));
                Arguments.Add(new(symbol.Name, symbol.Name));
            }
    }

    /// <summary>index * stride as a term of an address; empty for stride 0.</summary>
    public string Term(string index, Dim stride) =>
        stride == 0 ? "" : stride == 1 ? $" + {index}" : $" + (nint){index} * {Length(stride)}";
}
