using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>
/// The operands of a routine that knows fp32 only, and those that a product of lower precision is to round: what is
/// stored in fewer bits is widened behind the arena before the call, and results are rounded from there after it.
/// <code>
/// call Flip(x: bf16, y: bf16)   →   copy x → scratch   call Flip(scratch, scratch + 64)   copy scratch + 64 → y
/// </code>
/// </summary>
sealed class WidenOperands
{
    const int Alignment = 16;   // words: one cache line

    readonly AddressText? addresses;
    readonly Dictionary<Value, long> places = [];
    readonly List<Value> read = [], written = [];
    readonly string routine;

    /// <summary>Whether operands are copied to round them to 10 bits of mantissa.</summary>
    readonly bool isRounded;

    /// <param name="kernel">One call.</param>
    /// <param name="values">Of the kernel, in order.</param>
    /// <param name="addresses">Null to find out how much room is needed.</param>
    /// <param name="tiles">Of a call with an epilogue: the result, which the epilogue rounds.</param>
    /// <param name="reads">Whether what is read is widened.</param>
    /// <param name="writes">Whether results are rounded from there.</param>
    public WidenOperands(Kernel kernel, List<Value> values, AddressText? addresses, Value? tiles = null,
        bool reads = true, bool writes = true)
    {
        this.addresses = addresses;
        routine = values[0].Op.Name;
        if (values[0].Is(Structure.Quantize)) return;   // reads and writes what is stored
        // What an epilogue reads it reads as it is stored.
        IEnumerable<Value> operands = tiles is null ? values.SelectMany(v => v.Inputs) : values[0].Inputs;
        isRounded = values[0].Precision == PrecisionLevel.TensorFloat32 && reads;
        HashSet<Value> multiplied = [.. isRounded
            ? values.SelectMany(v => v.Op.Facet.ProductInputs(v).Select(i => v.Inputs[i])) : []];
        foreach (Value operand in operands.Where(i => reads && i.Kernel != kernel && i.Op.Kind != PrimitiveKind.Source))
            Add(Strided.Of(operand)?.Base ?? operand, read, multiplied.Contains(operand));
        if (writes) foreach (Value output in tiles is null ? kernel.Outputs : [tiles]) Add(output, written);
    }

    /// <summary>Words that are needed behind the arena.</summary>
    long Words { get; set; }

    /// <summary>The most that any call of a graph needs.</summary>
    public static long Longest(Graph graph)
    {
        long longest = 0;
        foreach (Region region in graph.AllRegions())
            foreach (IGrouping<Kernel?, Value> group in region.Values.GroupBy(v => v.Kernel))
            {
                if (group.Key is not { } kernel) continue;
                List<Value> values = [.. group];
                bool isTiled = values[0].Op.Facet.HasEpilogue;
                if (kernel.Kind != KernelKind.Single && !isTiled) continue;
                // Any output is as long as the tiles.
                long words = new WidenOperands(kernel, values, null, isTiled ? Largest(kernel) : null).Words;
                longest = System.Math.Max(longest, words);
            }
        return longest;
    }

    static Value Largest(Kernel kernel) => kernel.Outputs.FirstOrDefault(o => o.Storage.IsLow()) ?? kernel.Outputs[0];

    void Add(Value value, List<Value> list, bool isMultiplied = false)
    {
        if (!value.Storage.IsLow() && !isMultiplied || places.ContainsKey(value)) return;
        places[value] = Words;
        Words += (value.Shape.Size.Maximum + Alignment - 1) / Alignment * Alignment;
        list.Add(value);
    }

    /// <summary>A remark where anything is widened.</summary>
    public IEnumerable<string> Notes => places.Count == 0 ? []
        : [$"{routine} {(isRounded ? "reads tf32" : "computes in fp32 here")}: " +
            $"{string.Join(", ", places.Keys.Select(addresses!.NameOf).Distinct())} in Scratch"];

    /// <summary>Where the call finds a value's first element.</summary>
    public string Of(Value value)
    {
        Strided? strided = Strided.Of(value);
        if (!places.TryGetValue(strided?.Base ?? value, out long place)) return addresses!.Of(value);
        string address = addresses!.Scratch(place);
        return strided is null || strided.Offset == 0 ? address : $"{address} + {AddressText.Product(strided.Offset)}";
    }

    /// <summary>Behind the copies of what is read.</summary>
    public string Before(string call) => string.Join(";\n", [.. read.Select(v => Copy(v, isRead: true)), call]);

    /// <summary>Between the copies of what is read and of what is written.</summary>
    public string Around(string call) =>
        string.Join(";\n", [Before(call), .. written.Select(v => Copy(v, isRead: false))]);

    string Copy(Value value, bool isRead)
    {
        (string low, string wide) = (addresses!.Of(value), addresses.Scratch(places[value]));
        string copy = value.Storage.IsLow() ? "Copy" : "RoundToTensorFloat32";
        return $"Rows.{copy}(Pool, {(isRead ? low : wide)}, {(isRead ? wide : low)}, {value.Shape.Size})";
    }
}
