using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// Parameters, names and operand addresses of one CUDA kernel while it is being lowered. Pointers have the names of
/// their values, locals too with a number where that is taken: a parameter hides nothing here.
/// </summary>
sealed class CudaKernelBuilder : KernelBuilder
{
    /// <summary>Words of the language, of the prelude and of the templates, which no local may have.</summary>
    static readonly string[] Reserved =
    [
        "alignas", "alignof", "and", "asm", "auto", "bool", "break", "case", "catch", "char", "class", "const",
        "constexpr", "continue", "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern",
        "false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new",
        "noexcept", "not", "nullptr", "operator", "or", "private", "protected", "public", "register", "return",
        "short", "signed", "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try",
        "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "while", "xor",
        "bf16", "f16", "nint", "load", "store", "rows_of_block", "gelu", "relu", "sigmoid", "silu", "softplus",
        "power", "maximum", "minimum", "infinity", "row_sum", "row_max", "block_sum", "block_max", "to_float",
        "from_float", "signbit",
        "isnan", "isinf", "min", "max", "abs", "assert", "printf", "exp", "log", "sin", "cos", "tan", "sqrt", "pow",
        "erf", "floor", "round", "trunc", "ceil", "clock", "gamma", "y0", "y1", "yn", "j0", "j1", "jn",
        "lane", "warp", "thread", "chunk", "e", "k", "partial", "split", "splits", "index", "rowCount", "slot",
        "randomKeys", "lossScale", "warpSize", "threadIdx", "blockIdx", "blockDim", "gridDim",
    ];

    readonly HashSet<string> names;
    readonly Dictionary<Value, string> pointers = [];
    readonly Dictionary<Value, Value> places = [];
    readonly HashSet<Value> written;
    readonly bool isLarge;

    /// <param name="kernel">To be filled.</param>
    /// <param name="addresses">Where operands are.</param>
    /// <param name="dims">The model's dims.</param>
    /// <param name="written">Values that the kernel writes.</param>
    /// <param name="isLarge">Whether numbers of elements need 64 bits.</param>
    public CudaKernelBuilder(CpuKernel kernel, AddressText addresses, IReadOnlyList<DimSymbol> dims,
        IEnumerable<Value> written, bool isLarge) : base(kernel, addresses, dims)
    {
        (this.written, this.isLarge) = ([.. written], isLarge);
        names = [.. Reserved, "first", "last", "row", "j", "at", "r", "to", "columns", "outer", "columnBlocks",
            .. dims.Select(d => d.Name), .. Enumerable.Range(0, 8).SelectMany(i => new[] { $"i{i}", $"rest{i}" })];
    }

    public override KernelLanguage Language => KernelLanguage.Cuda;

    public override string Name(string wish) => Identifiers.Unique(wish.TrimStart('@'), names);

    /// <summary>Whether no value that is written has a value's memory: else the compiler must not think it apart.
    /// Another iteration's place in a stack is other memory.</summary>
    public bool IsApart(Value value) => !written.Contains(value) && Addresses.PlaceOf(value) is var place
        && (place is null || written.All(w => Addresses.PlaceOf(w) is not { } other || other.Buffer != place.Buffer
            || IsOtherIteration(place, other)));

    /// <summary>Places that differ by whole iterations only.</summary>
    static bool IsOtherIteration(Memory.Address a, Memory.Address b) => a.Terms.Count == b.Terms.Count
        && a.Terms.Count > 0 && a.Terms.Zip(b.Terms, (x, y) => x.Loop == y.Loop && x.Stride == y.Stride).All(x => x)
        && !a.Terms.SequenceEqual(b.Terms);

    public override string PointerType(Value value) => places.TryGetValue(value, out Value? place)
        ? $"const {Element(place)}*"
        : written.Contains(value) ? $"{Element(value)}*"
        : IsApart(value) ? $"const {Element(value)}* __restrict__" : $"const {Element(value)}*";

    public override string Pointer(Value value)
    {
        if (pointers.TryGetValue(value, out string? known)) return known;
        string name = Name(Addresses.NameOf(value) + (written.Contains(value) ? "Out" : "In"));
        string layout = value.Layout is { } order
            ? $", in memory as [{string.Join(", ", order.Select(a => value.Shape[a]))}]" : "";
        Kernel.Fields.Add(new(PointerType(value), name, value.Shape + layout));
        Arguments.Add(new(name, Addresses.Of(value)));
        return pointers[value] = name;
    }

    /// <summary>Reads a value through the pointer of another place: the tiles of a product.</summary>
    /// <param name="value">What is read.</param>
    /// <param name="place">The value whose memory it lies in.</param>
    public string PointerAt(Value value, Value place)
    {
        places[value] = place;
        string name = Name(Addresses.NameOf(value) + "In");
        Kernel.Fields.Add(new(PointerType(value), name, value.Shape.ToString()));
        Arguments.Add(new(name, Addresses.Of(place)));
        return pointers[value] = name;
    }

    /// <summary>Elements in memory; conditions are as long as numbers.</summary>
    public static string Element(Value value) => value.Storage switch
    {
        StorageType.Float32 => "float",
        StorageType.BFloat16 => "bf16",
        StorageType.Float16 => "f16",
        StorageType.Float8E4M3 => "f8e4m3",
        StorageType.Float8E5M2 => "f8e5m2",
        _ => "int",
    };

    /// <summary>One element as a number to compute with.</summary>
    public static string Read(Value value, string element) => value.Type switch
    {
        ElementType.Float32 => $"to_float({element})",
        ElementType.Boolean => $"({element} != 0)",
        _ => element,
    };

    public override string Random(Value value, string index)
    {
        if (Fields.Add("randomKeys"))
        {
            Kernel.Fields.Add(new("const int* __restrict__", "randomKeys", "[2], what this pass draws by"));
            Arguments.Add(new("randomKeys", "RandomKeys"));
        }
        KnowIndices(value.Attributes.Start, value.Region);
        return $"random_uniform({index}, randomKeys[0], randomKeys[1], {Length(value.Attributes.Start)})";
    }

    public override (Level, string, LoopNode?) Random(Value value, Dim stride, string offset, bool hasRows)
    {
        if (stride == 0)
            return (offset.Length == 0 ? Level.Kernel : Level.Row, Random(value, $"(uint32_t)(0{offset})"), null);
        string place = stride == 1 ? "j" : $"j * {Length(stride)}";
        return (Level.Element, Random(value, $"(uint32_t)({place}{offset})"), null);
    }

    public override string LossScale()
    {
        if (Fields.Add("lossScale"))
        {
            Kernel.Fields.Add(new("const float* __restrict__", "lossScale", "what the loss is multiplied by"));
            Arguments.Add(new("lossScale", "LossScale"));
        }
        return "lossScale[0]";
    }

    /// <summary>Of lengths, indices and places.</summary>
    public string Index => isLarge ? "nint" : "int";

    protected override string DimType => Index;
}
