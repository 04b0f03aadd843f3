using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>
/// Lowers reductions over axes before the last: each work item owns a block of columns and walks all reduced rows in
/// order, so that the result does not depend on the number of threads.
/// <code>
/// kernel columns { p = dy * x  s = sum(p) { axes = [0, 1] } }   →   for item { s[..] = 0  for r: s[..] += dy[r, ..] *
/// x[r, ..] }
/// </code>
/// </summary>
sealed class LowerColumns
{
    const int Block = 64;   // columns a work item: four cache lines of a row

    readonly Kernel kernel;
    readonly List<Value> values;
    readonly KernelAccesses accesses;
    readonly KernelBuilder builder;
    readonly KernelSpace space;
    readonly RowPointers rowPointers;
    readonly HashSet<int> reduced;
    readonly int last;

    LowerColumns(Kernel kernel, List<Value> values, KernelBuilder builder)
    {
        (this.kernel, this.values, this.builder) = (kernel, values, builder);
        rowPointers = new RowPointers(builder);
        accesses = new KernelAccesses(kernel, values);
        Value reduction = values.First(v => v.Op.Kind == PrimitiveKind.Reduction);
        Shape input = reduction.Inputs[0].Shape;
        int[] effective = [.. Enumerable.Range(0, input.Rank).Where(a => input[a] != 1)];
        HashSet<int> reducedAxes = [.. reduction.Attributes.Axes.Where(a => input[a] != 1)
            .Select(a => System.Array.IndexOf(effective, a))];
        int rank = kernel.Space.Rank;
        space = new KernelSpace(kernel.Space.Dims, accesses.All.Values, axis =>
            accesses.Pinned.Contains(axis) || accesses.Pinned.Contains(axis + 1) || axis == rank - 2
            || reducedAxes.Contains(axis) != reducedAxes.Contains(axis + 1));
        reduced = [.. reducedAxes.Select(space.Of)];
        last = space.Lengths.Count - 1;
    }

    public static (string Count, int Grain) Run(Kernel kernel, List<Value> values, KernelBuilder builder)
    {
        var lowering = new LowerColumns(kernel, values, builder);
        lowering.Lower();
        string blocks = $"({lowering.space.Lengths[lowering.last]} + {Block - 1}) / {Block}";
        Dim outer = lowering.Product(a => !lowering.reduced.Contains(a));
        return (outer == 1 ? blocks : $"{AddressText.Product(outer)} * ({blocks})", 1);
    }

    Dim Product(System.Func<int, bool> where) =>
        Enumerable.Range(0, last).Where(where).Aggregate((Dim)1, (product, a) => product * space.Lengths[a]);

    void Lower()
    {
        string columns = builder.Length(space.Lengths[last]);
        List<LoopNode> body = builder.Kernel.Body, kernelNodes = [], item = [], row = [], element = [];
        var expressions = new ExpressionLowering(kernel, accesses, (v, m) => Operand(v, m, row), Index, builder)
        {
            KernelNodes = kernelNodes, RowNodes = row, ElementNodes = element,
        };
        bool hasOuter = Product(a => !reduced.Contains(a)) != 1;
        string block = "item";
        if (hasOuter)
        {
            item.Add(new Let("int", "blocks", $"({columns} + {Block - 1}) / {Block}"));
            item.Add(new Let("int", "outerItem", "item / blocks"));
            item.AddRange(Indices("outerItem", [.. Enumerable.Range(0, last).Where(a => !reduced.Contains(a))]));
            block = "(item % blocks)";
        }
        item.Add(new Let("int", "from", $"{block} * {Block}"));
        item.Add(new Let("int", "to", $"System.Math.Min(from + {Block}, {columns})"));
        bool hasTail = !(space.Lengths[last].IsConstant && space.Lengths[last].Constant % 16 == 0);
        var clears = new List<LoopNode>();
        var stores = new List<LoopNode>();
        foreach (Value reduction in values.Where(v => v.Op.Kind == PrimitiveKind.Reduction))
        {
            bool isMax = reduction.Is(Primitives.Max);
            KernelAccess access = accesses.All[(reduction, accesses.RootMap(reduction).ToString())];
            string offset = string.Concat(Enumerable.Range(0, last).Where(a => !reduced.Contains(a))
                .Select(a => builder.Term($"i{a}", space.Stride(access, a))));
            string pointer = builder.Pointer(reduction) + offset;
            string identity = isMax ? "Vector512.Create(float.NegativeInfinity)" : "Vector512<float>.Zero";
            clears.Add(new StoreVector($"{pointer} + j", identity));
            string input = expressions.Evaluate(reduction.Inputs[0],
                accesses.InputMap(reduction, 0, accesses.RootMap(reduction))!).Text;
            string sum = builder.Name(reduction);
            stores.Add(new LoadVector(sum, $"{pointer} + j", StorageType.Float32));
            stores.Add(new StoreVector($"{pointer} + j",
                string.Format(System.Globalization.CultureInfo.InvariantCulture, reduction.Op.Facet.Formula, sum,
                    input)));
        }
        element.AddRange(stores);
        item.Add(new VectorFor("j", "from", "to", hasTail, clears));
        int[] reducedAxes = [.. Enumerable.Range(0, last).Where(reduced.Contains)];
        item.Add(new For("int", "r", "0", builder.Length(Product(reduced.Contains)),
            [.. Indices("r", reducedAxes), .. row, new VectorFor("j", "from", "to", hasTail, element)]));
        body.AddRange(kernelNodes);
        body.Add(new For("int", "item", "first", "last", item));
    }

    /// <summary>Indices of merged axes out of one running number.</summary>
    IEnumerable<LoopNode> Indices(string number, int[] axes)
    {
        string rest = number;
        for (int k = axes.Length - 1; k >= 0; k--)
        {
            string length = builder.Divisor(space.Lengths[axes[k]]);
            yield return new Let("int", $"i{axes[k]}", k == 0 ? rest : $"{rest} % {length}");
            if (k == 0) yield break;
            yield return new Let("int", $"{number}Rest{k}", $"{rest} / {length}");
            rest = $"{number}Rest{k}";
        }
    }

    (Level, string, LoopNode?) Operand(Value value, AxisMap map, List<LoopNode> row)
    {
        KernelAccess access = accesses.All[(value, map.ToString())];
        string pointer = value.Op.Kind == PrimitiveKind.Source ? "" : builder.Pointer(value);
        string offset = string.Concat(Enumerable.Range(0, last)
            .Select(a => builder.Term($"i{a}", space.Stride(access, a))));
        Dim stride = space.Stride(access, last);
        if (value.Is(Primitives.RandomUniform)) return builder.Random(value, stride, offset, true);
        if (stride == 0)
            return (offset.Length == 0 ? Level.Kernel : Level.Row,
                KernelBuilder.Repeated(value, $"*({pointer}{offset})"), null);
        pointer = rowPointers.Of(value, pointer, offset, row);
        string name = builder.Local(value, map.ToString());
        return stride == 1
            ? (Level.Element, name, new LoadVector(name, $"{pointer} + j", value.Storage))
            : (Level.Element, name, new LoadVector(name, $"{pointer} + j * {builder.Length(stride)}",
                value.Storage, builder.Length(stride)));
    }

    (Level, string) Index(int axis) => space.Of(axis) == last
        ? (Level.Element, "Vector512<int>.Indices + Vector512.Create((int)j)")
        : (Level.Row, $"Vector512.Create(i{space.Of(axis)})");
}
