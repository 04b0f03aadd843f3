using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>
/// Lowers elementwise and row kernels: a loop over rows, and over each row one vector loop per pass.
/// <code>
/// kernel rows { m = max(x)  e = exp(x - m)  s = sum(e)  y = e / s }
/// →
/// for row { for j: max  for j: e → scratch, sum  for j: y = scratch / s }
/// </code>
/// An elementwise kernel whose operands all lie in order is one long row, cut into blocks.
/// </summary>
sealed class LowerRows
{
    const int Block = 1024;             // elements a work item of a flat kernel; a multiple of the vector length
    const int LargestScratch = 16384;   // elements kept on the stack between passes: 64 KiB

    readonly Kernel kernel;
    readonly List<Value> values;
    readonly KernelAccesses accesses;
    readonly RowPasses passes;
    readonly KernelBuilder builder;
    readonly KernelSpace space;
    readonly RowPointers rowPointers;
    readonly int rank;
    readonly bool isFlat;

    LowerRows(Kernel kernel, List<Value> values, KernelBuilder builder)
    {
        (this.kernel, this.values, this.builder) = (kernel, values, builder);
        rowPointers = new RowPointers(builder);
        accesses = new KernelAccesses(kernel, values);
        passes = new RowPasses(values);
        rank = kernel.Space.Rank;
        bool keepsRow = kernel.Kind == KernelKind.Rows;
        space = new KernelSpace(kernel.Space.Dims, accesses.All.Values,
            axis => accesses.Pinned.Contains(axis) || accesses.Pinned.Contains(axis + 1) || keepsRow
                && axis == rank - 2);
        isFlat = !keepsRow && space.Lengths.Count == 1 && accesses.Pinned.Count == 0 && rank > 0;
    }

    /// <summary>
    /// Fills the kernel's body; returns the number of work items and how many a thread should at least take.
    /// </summary>
    public static (string Count, int Grain) Run(Kernel kernel, List<Value> values, KernelBuilder builder)
    {
        // A dry run finds which dear values several passes need; the second keeps those in scratch.
        var dry = new LowerRows(kernel, values,
            new KernelBuilder(new CpuKernel("", "", [], false), builder.Addresses, builder.Dims));
        HashSet<Value> scratch = dry.Lower([]);
        var lowering = new LowerRows(kernel, values, builder);
        lowering.Lower(scratch);
        return lowering.Work();
    }

    Dim RowLength => space.Lengths.Count == 0 ? 1 : space.Lengths[space.Lengths.Count - 1];
    int Outer => System.Math.Max(0, space.Lengths.Count - 1);
    Dim RowCount => space.Lengths.Take(Outer).Aggregate((Dim)1, (a, b) => a * b);

    (string, int) Work()
    {
        int cost = values.Sum(v => v.Op.Facet.IsExpensive ? 12 : 1);
        if (isFlat)
            return ($"({RowLength} + {Block - 1}) / {Block}",
                System.Math.Max(1, 32768 / (Block * cost)));
        return (RowCount.ToString(), (int)System.Math.Max(1, 32768 / System.Math.Max(1, RowLength.Maximum * cost)));
    }

    HashSet<Value> Lower(HashSet<Value> scratch)
    {
        List<LoopNode> kernelNodes = [], rowNodes = [];
        var expressions = new ExpressionLowering(kernel, accesses, (v, m) => Operand(v, m, rowNodes), Index, builder)
        {
            KernelNodes = kernelNodes, RowNodes = rowNodes,
        };
        var computed = new Dictionary<Value, int>();
        var repeated = new HashSet<Value>();
        var scratchNames = new Dictionary<Value, string>();
        for (int pass = 0; pass < passes.Count; pass++)
        {
            List<LoopNode> element = [], stores = [], after = [];
            expressions.ElementNodes = element;
            expressions.NextPass();
            expressions.Computed = (value, name) =>
            {
                if (!value.Op.Facet.IsExpensive || value.Type != ElementType.Float32) return;
                if (computed.TryGetValue(value, out int earlier) && earlier < pass) repeated.Add(value);
                else computed[value] = pass;
                if (!scratch.Contains(value) || scratchNames.ContainsKey(value)) return;
                string memory = builder.Name(value, "Row");
                kernelNodes.Add(new Let("float*", memory, $"stackalloc float[{RowLength.Maximum + 16}]"));
                scratchNames[value] = memory;
                element.Add(new StoreVector($"{memory} + j", name));
            };
            int now = pass;
            expressions.Reload = value => Reload(value, now, computed, scratchNames, rowNodes);
            foreach (Value reduction in values.Where(v => v.Op.Kind == PrimitiveKind.Reduction && passes.Of(v) == now))
                Reduce(reduction, expressions, rowNodes, element, after);
            foreach (Value output in kernel.Outputs.Where(o => IsElement(o) && passes.Of(o) == now))
            {
                string value = expressions.Evaluate(output, accesses.RootMap(output)).Text;
                KernelAccess access = accesses.All[(output, accesses.RootMap(output).ToString())];
                stores.Add(new StoreVector($"{RowPointer(access, rowNodes)} + j", value, output.Storage));
            }
            element.AddRange(stores);
            if (element.Count > 0)
                rowNodes.Add(isFlat
                    ? new VectorFor("j", "from", "to", !RowLength.IsMultipleOf(16), element)
                    : new VectorFor("j", "0", builder.Length(RowLength), !RowLength.IsMultipleOf(16), element));
            rowNodes.AddRange(after);
        }
        expressions.ElementNodes = [];
        expressions.Reload = _ => null;
        // All are computed before one is written: an output may lie over what another reads.
        List<LoopNode> scalars = [];
        foreach (Value output in kernel.Outputs.Where(o => !IsElement(o)))
        {
            KernelAccess access = accesses.All[(output, accesses.RootMap(output).ToString())];
            string value = expressions.Evaluate(output, accesses.RootMap(output)).Text;
            scalars.Add(new StoreScalar(builder.Pointer(output) + RowOffset(access), value, output.Storage));
        }
        rowNodes.AddRange(scalars);
        Assemble(kernelNodes, rowNodes);
        return RowLength.Maximum <= LargestScratch ? repeated : [];
    }

    void Assemble(List<LoopNode> kernelNodes, List<LoopNode> rowNodes)
    {
        List<LoopNode> body = builder.Kernel.Body;
        body.AddRange(kernelNodes);
        if (isFlat)
        {
            body.Add(new Let("nint", "from", $"(nint)first * {Block}"));
            body.Add(new Let("nint", "to", $"System.Math.Min((nint)last * {Block}, {builder.Length(RowLength)})"));
            body.AddRange(rowNodes);
            return;
        }
        body.Add(new For("int", "row", "first", "last", [.. IndexNodes(), .. rowNodes]));
    }

    /// <summary>The merged outer axes' indices out of the row's number.</summary>
    IEnumerable<LoopNode> IndexNodes()
    {
        if (Outer < 2) yield break;
        string rest = "row";
        for (int axis = Outer - 1; axis >= 0; axis--)
        {
            string length = builder.Divisor(space.Lengths[axis]);
            yield return new Let("int", $"i{axis}", axis == 0 ? rest : $"{rest} % {length}");
            if (axis == 0) break;
            yield return new Let("int", $"rest{axis}", $"{rest} / {length}");
            rest = $"rest{axis}";
        }
    }

    string OuterIndex(int axis) => Outer == 1 ? "row" : $"i{axis}";

    string RowOffset(KernelAccess access) =>
        string.Concat(Enumerable.Range(0, Outer).Select(a => builder.Term(OuterIndex(a), space.Stride(access, a))));

    bool IsElement(Value output)
    {
        if (rank == 0 || output.Op.Kind == PrimitiveKind.Reduction) return false;
        return accesses.RootMap(output).Axes.Contains(rank - 1);
    }

    string RowPointer(KernelAccess access, List<LoopNode> rowNodes) =>
        rowPointers.Of(access.Value, builder.Pointer(access.Value), isFlat ? "" : RowOffset(access), rowNodes);

    (Level, string, LoopNode?) Operand(Value value, AxisMap map, List<LoopNode> rowNodes)
    {
        KernelAccess access = accesses.All[(value, map.ToString())];
        Dim stride = space.Lengths.Count == 0 ? 0 : space.Stride(access, space.Lengths.Count - 1);
        if (value.Is(Primitives.RandomUniform))
            return builder.Random(value, stride, isFlat ? "" : RowOffset(access), Outer > 0);
        if (stride == 0)
        {
            string offset = RowOffset(access);
            return (offset.Length == 0 ? Level.Kernel : Level.Row,
                KernelBuilder.Repeated(value, $"*({builder.Pointer(value)}{offset})"), null);
        }
        string row = RowPointer(access, rowNodes), name = builder.Local(value, map.ToString());
        return stride == 1
            ? (Level.Element, name, new LoadVector(name, $"{row} + j", value.Storage))
            : (Level.Element, name, new LoadVector(name, $"{row} + j * {builder.Length(stride)}", value.Storage,
                builder.Length(stride)));
    }

    (Level, string) Index(int axis)
    {
        int merged = space.Of(axis);
        return merged == space.Lengths.Count - 1
            ? (Level.Element, "Vector512<int>.Indices + Vector512.Create((int)j)")
            : (Level.Row, $"Vector512.Create({OuterIndex(merged)})");
    }

    /// <summary>In a later pass a value is read back: from the row it was written to, or from scratch.</summary>
    (string, StorageType)? Reload(Value value, int pass, Dictionary<Value, int> computed,
        Dictionary<Value, string> scratch, List<LoopNode> rowNodes)
    {
        if (kernel.Outputs.Contains(value) && IsElement(value) && value.Op.Kind != PrimitiveKind.Reduction
            && passes.Of(value) < pass)
            return (RowPointer(accesses.All[(value, accesses.RootMap(value).ToString())], rowNodes) + " + j",
                value.Storage);
        return scratch.TryGetValue(value, out string? memory) && computed[value] < pass
            ? (memory + " + j", StorageType.Float32) : null;
    }

    void Reduce(Value reduction, ExpressionLowering expressions, List<LoopNode> rowNodes, List<LoopNode> element,
        List<LoopNode> after)
    {
        bool isMax = reduction.Is(Primitives.Max);
        string input = expressions.Evaluate(reduction.Inputs[0],
            accesses.InputMap(reduction, 0, accesses.RootMap(reduction))!).Text;
        string name = builder.Name(reduction), accumulator = builder.Name(name.TrimStart('@') + "Lanes");
        string identity = isMax ? "Vector512.Create(float.NegativeInfinity)" : "Vector512<float>.Zero";
        rowNodes.Add(new LetAccumulator(accumulator, identity));
        element.Add(new Accumulate(accumulator, reduction.Op.Facet.Formula, input, identity));
        after.Add(new Let("var", name, $"Vector512.Create(Vectors.{(isMax ? "Max" : "Sum")}({accumulator}))"));
        expressions.Define(reduction, Level.Row, name);
    }
}
