using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// Lowers reductions over axes before the last for CUDA: 32 lanes stand side by side on columns, the warps of a block
/// and the splits of the rows each walk every so-manyth row, and what they found is combined in a fixed order, so that
/// the result has the same bits on every device.
/// <code>
/// kernel columns { p = dy * x  s = sum(p) { axes = [0, 1] } }
/// →   for r of this split and warp: s += dy[r, at] * x[r, at]   then warps, then splits
/// </code>
/// </summary>
sealed class LowerCudaColumns
{
    const int Warps = 8, Threads = 32 * Warps;

    readonly Kernel kernel;
    readonly List<Value> values;
    readonly KernelAccesses accesses;
    readonly CudaKernelBuilder builder;
    readonly KernelSpace space;
    readonly RowPointers rowPointers;
    readonly HashSet<int> reduced;
    readonly int last;

    LowerCudaColumns(Kernel kernel, List<Value> values, CudaKernelBuilder builder)
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

    /// <summary>Fills the kernel's body.</summary>
    public static CudaColumns Run(Kernel kernel, List<Value> values, CudaKernelBuilder builder)
    {
        var lowering = new LowerCudaColumns(kernel, values, builder);
        return lowering.Lower();
    }

    Dim Product(System.Func<int, bool> where) =>
        Enumerable.Range(0, last).Where(where).Aggregate((Dim)1, (product, a) => product * space.Lengths[a]);

    List<Value> Reductions => [.. values.Where(v => v.Op.Kind == PrimitiveKind.Reduction)];

    CudaColumns Lower()
    {
        string columns = builder.Length(space.Lengths[last]), index = builder.Index;
        List<LoopNode> body = builder.Kernel.Body, kernelNodes = [], row = [], element = [], accumulators = [];
        var expressions = new ExpressionLowering(kernel, accesses, (v, m) => Operand(v, m, row), Index, builder)
        {
            KernelNodes = kernelNodes, RowNodes = row, ElementNodes = element,
        };
        Dim outer = Product(a => !reduced.Contains(a)), rows = Product(reduced.Contains);
        List<(string Lanes, bool IsMax, string Pointer, string Offset)> results = [];
        foreach (Value reduction in Reductions)
        {
            bool isMax = reduction.Is(Primitives.Max);
            KernelAccess access = accesses.All[(reduction, accesses.RootMap(reduction).ToString())];
            string offset = string.Concat(Enumerable.Range(0, last).Where(a => !reduced.Contains(a))
                .Select(a => builder.Term($"i{a}", space.Stride(access, a))));
            string input = expressions.Evaluate(reduction.Inputs[0],
                accesses.InputMap(reduction, 0, accesses.RootMap(reduction))!).Text;
            string lanes = builder.Name(builder.Name(reduction) + "Lanes");
            accumulators.Add(new CudaLine($"float {lanes} = {(isMax ? "-infinity()" : "0.0f")};"));
            element.Add(new Accumulate(lanes, reduction.Op.Facet.Cuda, input, ""));
            results.Add((lanes, isMax, builder.Pointer(reduction), offset));
        }
        body.Add(new CudaLine($"__shared__ float shared[{results.Count}][{Warps}][32];"));
        body.Add(new CudaLine("const int lane = lane_index(), warp = warp_index();"));
        int[] kept = [.. Enumerable.Range(0, last).Where(a => !reduced.Contains(a))];
        if (outer == 1) body.Add(new CudaLine($"const {index} at = (({index})blockIdx.x * 32) + lane;"));
        else
        {
            // One direction of the grid for both: the others end at 65,535.
            string blocks = space.Lengths[last].IsConstant ? $"{(space.Lengths[last].Constant + 31) / 32}"
                : $"(int)(({columns} + 31) / 32)";
            body.Add(new CudaLine($"const int columnBlocks = {blocks}, outer = (int)blockIdx.x / columnBlocks;"));
            body.Add(new CudaLine($"const {index} at = ((int)blockIdx.x % columnBlocks * 32) + lane;"));
            body.AddRange(Indices("outer", "outer", kept));
        }
        body.AddRange(kernelNodes);
        body.AddRange(accumulators);
        int[] reducedAxes = [.. Enumerable.Range(0, last).Where(reduced.Contains)];
        string count = builder.Length(rows);
        body.Add(new CudaBlock($"if (at < {columns})", [new CudaBlock(
            $"for ({index} r = (int)blockIdx.z * {Warps} + warp; r < {count}; r += splits * {Warps})",
            [.. Indices("r", "r", reducedAxes), .. row, new CudaChunk(1, "0", element)])]));
        for (int i = 0; i < results.Count; i++)
            body.Add(new CudaLine($"shared[{i}][warp][lane] = {results[i].Lanes};"));
        body.Add(new CudaLine("__syncthreads();"));
        body.Add(new CudaLine($"if (warp > 0 || at >= {columns}) return;"));
        string place = outer == 1 ? "at" : $"(nint)outer * {columns} + at";
        string outers = outer == 1 ? "(nint)gridDim.y" : "(nint)((int)gridDim.x / columnBlocks)";
        for (int i = 0; i < results.Count; i++)
        {
            (string lanes, bool isMax, string pointer, string offset) = results[i];
            body.Add(new CudaBlock($"for (int w = 1; w < {Warps}; w++)",
                [new CudaLine(Combine(lanes, $"shared[{i}][w][lane]", isMax))]));
            body.Add(new CudaLine($"if (splits == 1) {pointer}[at{offset}] = {lanes};"));
            body.Add(new CudaLine($"else partials[((nint)blockIdx.z * {results.Count} + {i}) * " +
                $"({outers} * {columns}) + {place}] = {lanes};"));
        }
        // Behind all others: the launch knows them.
        builder.Kernel.Fields.Add(new("float*", "partials", "[splits, results, columns] where rows are split"));
        builder.Kernel.Fields.Add(new("int", "splits", "parts of the rows"));
        return new CudaColumns(space.Lengths[last].ToString(), outer.ToString(), rows.ToString(), Threads,
            [.. Reductions.Select((r, i) => Finish(r, results[i].IsMax))]);
    }

    static string Combine(string sum, string part, bool isMax) =>
        isMax ? $"{sum} = maximum({sum}, {part});" : $"{sum} += {part};";

    /// <summary>How the splits of one result are combined: its memory must be in the order of outer, column.</summary>
    CudaFinish Finish(Value reduction, bool isMax)
    {
        KernelAccess access = accesses.All[(reduction, accesses.RootMap(reduction).ToString())];
        Dim expected = space.Lengths[last];
        for (int a = last - 1; a >= 0; a--)
        {
            if (reduced.Contains(a)) continue;
            if (space.Stride(access, a) != expected) throw new System.InvalidOperationException(
                $"{reduction} is not written in order, so its parts cannot be combined.");
            expected *= space.Lengths[a];
        }
        return new(builder.Addresses.Of(reduction), isMax);
    }

    /// <summary>Indices of merged axes out of one running number.</summary>
    IEnumerable<LoopNode> Indices(string number, string name, int[] axes)
    {
        string rest = number, type = "const " + builder.Index;
        for (int k = axes.Length - 1; k >= 0; k--)
        {
            string length = builder.Divisor(space.Lengths[axes[k]]);
            yield return new Let(type, $"i{axes[k]}", k == 0 ? rest : $"{rest} % {length}");
            if (k == 0) yield break;
            yield return new Let(type, $"{name}Rest{k}", $"{rest} / {length}");
            rest = $"{name}Rest{k}";
        }
    }

    (Level, string, LoopNode?) Operand(Value value, AxisMap map, List<LoopNode> row)
    {
        KernelAccess access = accesses.All[(value, map.ToString())];
        string offset = string.Concat(Enumerable.Range(0, last)
            .Select(a => builder.Term($"i{a}", space.Stride(access, a))));
        Dim stride = space.Stride(access, last);
        if (value.Is(Primitives.RandomUniform)) return builder.Random(value, stride, offset, true);
        string pointer = builder.Pointer(value);
        if (stride == 0)
            return (offset.Length == 0 ? Level.Kernel : Level.Row,
                CudaKernelBuilder.Read(value, $"{pointer}[0{offset}]"), null);
        if (offset.Length > 0) pointer = rowPointers.Of(value, pointer, offset, row);
        string name = builder.Local(value, map.ToString());
        string place = stride == 1 ? "at" : $"at * {builder.Length(stride)}";
        return (Level.Element, name, new Let(KernelLanguage.Cuda.Type(value.Type), name,
            CudaKernelBuilder.Read(value, $"{pointer}[{place}]")));
    }

    (Level, string) Index(int axis) => space.Of(axis) == last
        ? (Level.Element, "(int)at") : (Level.Row, $"(int)i{space.Of(axis)}");
}

/// <summary>How a kernel of columns is launched, and how the parts of its results are combined.</summary>
/// <param name="Columns">As C#.</param>
/// <param name="Outer">Product of the axes that stay before them.</param>
/// <param name="Rows">That are reduced.</param>
/// <param name="Threads">Of a block.</param>
/// <param name="Finishes">One for each result.</param>
sealed record CudaColumns(string Columns, string Outer, string Rows, int Threads,
    IReadOnlyList<CudaFinish> Finishes);

/// <summary>A result whose parts are combined.</summary>
/// <param name="Address">Where it lies, as C#.</param>
/// <param name="IsMax">Whether the largest counts, and not the sum.</param>
sealed record CudaFinish(string Address, bool IsMax);
