using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// Lowers elementwise and row kernels for CUDA. Elementwise: a thread takes 16 bytes of neighbours. Rows: a warp takes
/// a row, or a block a long one; what a later pass needs stays in registers where the row is short enough, and else in
/// shared memory: it comes from memory once.
/// <code>
/// kernel rows { m = max(x)  e = exp(x - m)  s = sum(e)  y = e / s }
/// →
/// row of this warp { chunks: x, max  row_max  chunks: e, sum  row_sum  chunks: y = e / s }
/// </code>
/// </summary>
sealed class LowerCudaRows
{
    /// <summary>Bytes of a load.</summary>
    const int Widest = 16;

    const int LongestOfWarp = 1024, ShortestOfLargeBlock = 16384;

    /// <summary>Registers of a thread that hold a row between passes; a thread of 512 has 64 in all.</summary>
    int MostKept => Threads < 512 ? 96 : 40;

    /// <summary>Shared memory of a block that holds rows, in bytes: what compute capability 8.6 has, less what
    /// reductions need. What does not fit there either is read again, from the second-level cache.</summary>
    const int MostShared = 99 * 1024 - 512;

    readonly Kernel kernel;
    readonly List<Value> values;
    readonly KernelAccesses accesses;
    readonly RowPasses passes;
    readonly CudaKernelBuilder builder;
    readonly KernelSpace space;
    readonly RowPointers rowPointers;
    readonly Value? product, tiles;
    readonly int rank, vector;
    readonly bool hasRows, isFlat;
    readonly Dictionary<Value, string> kept = [];
    readonly List<LoopNode> registers = [];

    LowerCudaRows(Kernel kernel, List<Value> values, Value? product, Value? tiles, CudaKernelBuilder builder)
    {
        (this.kernel, this.values, this.product, this.tiles, this.builder) = (kernel, values, product, tiles, builder);
        rowPointers = new RowPointers(builder);
        accesses = new KernelAccesses(kernel, values, product);
        passes = new RowPasses(values);
        rank = kernel.Space.Rank;
        hasRows = kernel.Kind == KernelKind.Rows;
        space = new KernelSpace(kernel.Space.Dims, accesses.All.Values,
            axis => accesses.Pinned.Contains(axis) || accesses.Pinned.Contains(axis + 1) || hasRows
                && axis == rank - 2);
        isFlat = !hasRows && space.Lengths.Count <= 1;
        vector = Vector();
    }

    /// <param name="kernel">Elementwise, rows, or a product whose elementwise values are lowered.</param>
    /// <param name="values">Of the kernel, without the product.</param>
    /// <param name="product">What is read as <paramref name="tiles"/>; null without one.</param>
    /// <param name="tiles">The value in whose memory the product lies.</param>
    /// <param name="builder">Filled.</param>
    public static CudaGrid Run(Kernel kernel, List<Value> values, Value? product,
        Value? tiles, CudaKernelBuilder builder)
    {
        if (product is not null) builder.PointerAt(product, tiles!);
        return new LowerCudaRows(kernel, values, product, tiles, builder).Lower();
    }

    Dim RowLength => space.Lengths.Count == 0 ? 1 : space.Lengths[space.Lengths.Count - 1];
    int Outer => System.Math.Max(0, space.Lengths.Count - 1);
    Dim RowCount => space.Lengths.Take(Outer).Aggregate((Dim)1, (a, b) => a * b);
    bool IsOfWarp => RowLength.Maximum <= LongestOfWarp;
    int Threads => !hasRows ? 256 : IsOfWarp ? 128 : RowLength.Maximum < ShortestOfLargeBlock ? 256 : 512;
    int Lanes => IsOfWarp ? 32 : Threads;

    /// <summary>How many neighbours a thread can take: all operands begin, and go from row to row, in steps of so many.
    /// </summary>
    int Vector()
    {
        if (rank == 0 || values.Count == 0) return 1;
        int last = space.Lengths.Count - 1;
        int smallest = accesses.All.Keys.Select(k => k.Item1).Where(v => v.Type == ElementType.Float32)
            .Select(v => v.Storage.Bytes()).DefaultIfEmpty(4).Min();
        for (int width = Widest / smallest; width > 1; width /= 2)
            if (RowLength.IsMultipleOf(width) && accesses.All.All(a => Fits(a.Key.Item1, a.Value, width, last)))
                return width;
        return 1;
    }

    bool Fits(Value value, KernelAccess access, int width, int last)
    {
        Dim stride = space.Stride(access, last);
        if (value.Is(Primitives.RandomUniform) || stride != 1) return true;
        return Enumerable.Range(0, last).All(a => space.Stride(access, a).IsMultipleOf(width))
            && builder.Addresses.IsMultipleOf(value == product ? tiles! : value, width);
    }

    /// <summary>Chunks that a lane takes of a row; 0 where that is not known or too much for registers.</summary>
    int Chunks => RowLength.IsConstant ? (int)((RowLength.Constant + Lanes * vector - 1) / (Lanes * vector)) : 0;

    CudaGrid Lower()
    {
        List<LoopNode> kernelNodes = [], rowNodes = [];
        var expressions = new ExpressionLowering(kernel, accesses, (v, m) => Operand(v, m, rowNodes), Index, builder)
        {
            KernelNodes = kernelNodes, RowNodes = rowNodes,
        };
        for (int pass = 0; pass < passes.Count; pass++)
        {
            List<LoopNode> element = [], stores = [], after = [];
            int now = pass;
            expressions.ElementNodes = element;
            expressions.NextPass();
            expressions.Kept = value => kept.TryGetValue(value, out string? array) && !IsOfPass(value, now)
                ? $"{array}[slot]" : null;
            expressions.Computed = (value, name) =>
            {
                if (now + 1 < passes.Count && value.Op.Facet.IsExpensive) Keep(value, name, element, now);
            };
            expressions.Reload = _ => null;
            foreach (Value reduction in values.Where(v => v.Op.Kind == PrimitiveKind.Reduction && passes.Of(v) == now))
                Reduce(reduction, expressions, rowNodes, element, after);
            foreach (Value output in kernel.Outputs.Where(o => o != product && IsElement(o) && passes.Of(o) == now))
            {
                string value = expressions.Evaluate(output, accesses.RootMap(output)).Text;
                KernelAccess access = accesses.All[(output, accesses.RootMap(output).ToString())];
                stores.Add(new CudaStore(value, RowPointer(access, rowNodes), output.Type));
            }
            element.AddRange(stores);
            if (element.Count > 0) rowNodes.AddRange(Chunk(element));
            rowNodes.AddRange(after);
        }
        expressions.ElementNodes = [];
        expressions.Kept = _ => null;
        List<LoopNode> scalars = [];
        foreach (Value output in kernel.Outputs.Where(o => o != product && !IsElement(o)))
        {
            KernelAccess access = accesses.All[(output, accesses.RootMap(output).ToString())];
            string value = expressions.Evaluate(output, accesses.RootMap(output)).Text;
            scalars.Add(new CudaLine($"{builder.Pointer(output)}[0{RowOffset(access)}] = {Stored(output, value)};"));
        }
        return Assemble(kernelNodes, rowNodes, scalars);
    }

    /// <summary>A number as an element of memory.</summary>
    static string Stored(Value output, string value) => output.Type switch
    {
        ElementType.Float32 => $"from_float<{CudaKernelBuilder.Element(output)}>({value})",
        ElementType.Boolean => $"({value} ? -1 : 0)",
        _ => value,
    };

    bool IsOfPass(Value value, int pass) => keptIn.TryGetValue(value, out int first) && first == pass;

    readonly Dictionary<Value, int> keptIn = [];
    readonly Dictionary<(Value, string), string> keptLeaves = [], shared = [];
    int sharedBytes;

    /// <summary>Whether more than one pass over the row reads an operand.</summary>
    bool IsReadAgain(Value value)
    {
        if (reads.Count == 0)
            foreach (Value root in values.Where(v => v.Op.Kind == PrimitiveKind.Reduction
                || kernel.Outputs.Contains(v) && IsElement(v))) Visit(root, passes.Of(root), [], isRoot: true);
        return reads.TryGetValue(value, out HashSet<int>? found) && found.Count > 1;

        void Visit(Value read, int pass, HashSet<Value> seen, bool isRoot = false)
        {
            if (!seen.Add(read) || !isRoot && read.Op.Kind == PrimitiveKind.Reduction && read.Kernel == kernel) return;
            if (read.Kernel == kernel && read != product)
            {
                foreach (Value input in read.Inputs) Visit(input, pass, seen);
                return;
            }
            if (!reads.TryGetValue(read, out HashSet<int>? of)) reads[read] = of = [];
            of.Add(pass);
        }
    }

    readonly Dictionary<Value, HashSet<int>> reads = [];

    void Keep(Value value, string name, List<LoopNode> element, int pass)
    {
        int width = Chunks * vector;
        if (!hasRows || Chunks == 0 || kept.ContainsKey(value) || value.Type != ElementType.Float32
            || (kept.Count + keptLeaves.Count + 1) * width > MostKept) return;
        string array = builder.Name(value, "Kept");
        registers.Add(new CudaLine($"float {array}[{width}];"));
        (kept[value], keptIn[value]) = (array, pass);
        element.Add(new CudaKeep(array, name));
    }

    /// <summary>Where an operand is kept that later passes may read again; null where it is not.</summary>
    string? Keep(Value value, AxisMap map)
    {
        int width = Chunks * vector;
        if (!hasRows || Chunks == 0 || !IsReadAgain(value) || value.Type != ElementType.Float32
            || (kept.Count + keptLeaves.Count + 1) * width > MostKept) return null;
        string array = builder.Name(value, "Kept");
        registers.Add(new CudaLine($"float {array}[{width}];"));
        return keptLeaves[(value, map.ToString())] = array;
    }

    /// <summary>
    /// Where in shared memory a row is kept for later passes; null where it need not or cannot be. A thread reads what
    /// it has written itself.
    /// </summary>
    string? Share(Value value, AxisMap map)
    {
        if (!hasRows || IsOfWarp || !RowLength.IsConstant || !IsReadAgain(value)
            || value.Type != ElementType.Float32) return null;
        long bytes = (RowLength.Constant * value.Storage.Bytes() + 15) / 16 * 16;
        if (sharedBytes + bytes > MostShared) return null;
        string cache = builder.Name(value, "Shared"), type = CudaKernelBuilder.Element(value);
        registers.Add(new CudaLine($"{type}* {cache} = reinterpret_cast<{type}*>(rows_of_block + {sharedBytes});"));
        sharedBytes += (int)bytes;
        return shared[(value, map.ToString())] = cache;
    }

    /// <summary>The loop of a thread over its part of the row.</summary>
    IEnumerable<LoopNode> Chunk(List<LoopNode> element)
    {
        if (!hasRows)
        {
            yield return new CudaChunk(vector, "0", element);
            yield break;
        }
        string length = builder.Length(RowLength), index = builder.Index;
        string start = IsOfWarp ? "lane" : "thread";
        if (Chunks is > 0 and <= 32)
        {
            bool isWhole = RowLength.Constant % (Lanes * vector) == 0;
            LoopNode chunk = new CudaChunk(vector, $"k * {vector}", element);
            yield return new CudaLine("#pragma unroll");
            string at = $"const int at = (k * {Lanes} + {start}){(vector > 1 ? $" * {vector}" : "")};";
            yield return new CudaBlock($"for (int k = 0; k < {Chunks}; k++)", [new CudaLine(at),
                .. isWhole ? new[] { chunk } : [new CudaBlock($"if (at < {length})", [chunk])]]);
        }
        else
            yield return new CudaBlock($"for ({index} at = {start}{(vector > 1 ? $" * {vector}" : "")}; " +
                $"at < {length}; at += {Lanes * vector})", [new CudaChunk(vector, "0", element)]);
    }

    CudaGrid Assemble(List<LoopNode> kernelNodes, List<LoopNode> rowNodes, List<LoopNode> scalars)
    {
        List<LoopNode> body = builder.Kernel.Body;
        string index = builder.Index;
        string length = builder.Length(RowLength);
        if (!hasRows)
        {
            string chunks = vector == 1 ? builder.Divisor(RowLength) : $"({length} / {vector})";
            body.Add(new CudaLine($"const {index} thread = ({index})blockIdx.x * {Threads} + threadIdx.x;"));
            if (isFlat)
            {
                body.Add(new CudaLine($"const {index} at = thread{(vector > 1 ? $" * {vector}" : "")};"));
                body.Add(new CudaLine($"if (at >= {length}) return;"));
            }
            else
            {
                string count = builder.Length(RowCount);
                body.Add(new CudaLine($"const {index} row = thread / {chunks};"));
                body.Add(new CudaLine($"if (row >= {count}) return;"));
                body.Add(new CudaLine($"const {index} at = (thread % {chunks}){(vector > 1 ? $" * {vector}" : "")};"));
                body.AddRange(IndexNodes());
            }
            body.AddRange(kernelNodes);
            body.AddRange(rowNodes);
            body.AddRange(scalars);
            string all = AddressText.Product(RowCount * RowLength);
            return new($"({all} + {Threads * vector - 1}) / {Threads * vector}", Threads, 0);
        }
        string rows = builder.Length(RowCount);
        if (IsOfWarp)
        {
            body.Add(new CudaLine("const int lane = lane_index();"));
            body.Add(new CudaLine($"const {index} row = ({index})blockIdx.x * {Threads / 32} + warp_index();"));
            body.Add(new CudaLine($"if (row >= {rows}) return;"));
        }
        else
        {
            if (sharedBytes > 0)
                body.Add(new CudaLine("extern __shared__ __align__(16) unsigned char rows_of_block[];"));
            body.Add(new CudaLine("__shared__ float partial[32];"));
            body.Add(new CudaLine("const int thread = threadIdx.x;"));
            body.Add(new CudaLine($"const {index} row = blockIdx.x;"));
        }
        body.AddRange(IndexNodes());
        body.AddRange(registers);
        body.AddRange(kernelNodes);
        body.AddRange(rowNodes);
        if (scalars.Count > 0)
        {
            // All lanes have read what one writes now.
            body.Add(new CudaLine(IsOfWarp ? "__syncwarp();" : "__syncthreads();"));
            body.Add(new CudaBlock(IsOfWarp ? "if (lane == 0)" : "if (thread == 0)", scalars));
        }
        return new(IsOfWarp ? $"({AddressText.Product(RowCount)} + {Threads / 32 - 1}) / {Threads / 32}"
            : RowCount.ToString(), Threads, sharedBytes);
    }

    /// <summary>The merged outer axes' indices out of the row's number.</summary>
    IEnumerable<LoopNode> IndexNodes()
    {
        if (Outer < 2) yield break;
        string rest = "row";
        for (int axis = Outer - 1; axis >= 0; axis--)
        {
            string length = builder.Divisor(space.Lengths[axis]);
            yield return new Let("const " + builder.Index, $"i{axis}", axis == 0 ? rest : $"{rest} % {length}");
            if (axis == 0) break;
            yield return new Let("const " + builder.Index, $"rest{axis}", $"{rest} / {length}");
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

    string RowPointer(KernelAccess access, List<LoopNode> rowNodes)
    {
        string offset = isFlat ? "" : RowOffset(access), pointer = builder.Pointer(access.Value);
        return offset.Length == 0 ? pointer : rowPointers.Of(access.Value, pointer, offset, rowNodes);
    }

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
                CudaKernelBuilder.Read(value, $"{builder.Pointer(value)}[0{offset}]"), null);
        }
        string row = RowPointer(access, rowNodes), name = builder.Local(value, map.ToString());
        if (keptLeaves.TryGetValue((value, map.ToString()), out string? array))
            return (Level.Element, name, new Let("const float", name, $"{array}[slot]"));
        if (shared.TryGetValue((value, map.ToString()), out string? cache))
            return (Level.Element, name, new CudaLoad(name, cache, value.Type));
        LoopNode load = stride == 1 ? Keep(value, map) is { } registers ? new CudaLoad(name, row, value.Type, registers)
                : new CudaLoad(name, row, value.Type) { Shared = Share(value, map) }
            : new Let(KernelLanguage.Cuda.Type(value.Type), name,
                CudaKernelBuilder.Read(value, $"{row}[({builder.Index})j * {builder.Length(stride)}]"));
        return (Level.Element, name, load);
    }

    (Level, string) Index(int axis)
    {
        int merged = space.Of(axis);
        return merged == space.Lengths.Count - 1 ? (Level.Element, "(int)j")
            : (Level.Row, $"(int){OuterIndex(merged)}");
    }

    void Reduce(Value reduction, ExpressionLowering expressions, List<LoopNode> rowNodes, List<LoopNode> element,
        List<LoopNode> after)
    {
        bool isMax = reduction.Is(Primitives.Max);
        string input = expressions.Evaluate(reduction.Inputs[0],
            accesses.InputMap(reduction, 0, accesses.RootMap(reduction))!).Text;
        string name = builder.Name(reduction), lanes = builder.Name(name + "Lanes");
        string identity = isMax ? "-infinity()" : "0.0f";
        rowNodes.Add(new CudaLine($"float {lanes} = {identity};"));
        element.Add(new Accumulate(lanes, reduction.Op.Facet.Cuda, input, identity));
        string kind = isMax ? "maximum" : "sum";
        after.Add(new Let("const float", name,
            IsOfWarp ? $"row_{kind}({lanes})" : $"block_{kind}<{Threads}>({lanes}, partial)"));
        expressions.Define(reduction, Level.Row, name);
    }
}
