using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// Lists what a lowered program launches on a device of CUDA, in order, with what each should take: products and what
/// is computed of them apart, since there they are two kernels.
/// </summary>
sealed class ReadLaunchCosts
{
    /// <summary>As <c>CudaProgram.LaunchColumns</c> splits rows.</summary>
    const int RowsOfSplit = 256, MostSplits = 64;

    /// <summary>Kernels of a sum of scattered rows: two passes of a sort, its bounds, and the sums.</summary>
    const int ScatterLaunches = 9;

    /// <summary>Of attention's gradient: the product of the result with its gradient, and two passes.</summary>
    const int AttentionGradientLaunches = 3;

    readonly CpuProgram program;
    readonly Func<CpuKernel, string> nameOf;
    readonly LayersOfKernels layers;
    readonly List<LaunchCost> costs = [];
    long times = 1;
    bool isBackward;

    ReadLaunchCosts(CpuProgram program, Func<CpuKernel, string> nameOf) =>
        (this.program, this.nameOf, layers) = (program, nameOf, new LayersOfKernels(program.Plan));

    /// <param name="program">Lowered for CUDA.</param>
    /// <param name="nameOf">A kernel's name in the emitted text.</param>
    public static IReadOnlyList<LaunchCost> Run(CpuProgram program, Func<CpuKernel, string> nameOf)
    {
        var pass = new ReadLaunchCosts(program, nameOf);
        pass.Walk(program.Graph.Root, isRoot: true);
        pass.isBackward = program.Graph.IsTraining;
        pass.Copies(program.Plan.FinalCopies);
        pass.Copies(program.Plan.StateCopies);
        return pass.costs;
    }

    /// <summary>What is launched beside the model's own: what goes in and out, and an update by AdamW.</summary>
    /// <param name="parameters">How many numbers are trained.</param>
    /// <param name="inputs">How many inputs a step has.</param>
    public static IEnumerable<LaunchCost> OfUpdate(long parameters, int inputs)
    {
        static LaunchCost Of(string name, int launches, long flops, long bytes) => new("routine", name, "", true, 1,
            launches, flops, bytes, CudaCost.Seconds(flops, bytes, isProduct: false, launches: launches));
        // take_orders, uploads, the loss's note, and the end.
        yield return Of("InputsAndResults", inputs + 3, 0, 0);
        yield return Of("SquaredNorm", 2, 2 * parameters, 4 * parameters);
        // Weights, both moments read and written, and the gradient.
        yield return Of("AdamW", 1, 14 * parameters, 28 * parameters);
    }

    void Walk(Region region, bool isRoot)
    {
        Graph graph = program.Graph;
        int forward = graph.ForwardCount < 0 ? graph.Root.Values.Count : graph.ForwardCount;
        for (int i = 0; i < region.Values.Count; i++)
        {
            if (isRoot) isBackward = i >= forward;
            Value value = region.Values[i];
            if (value.Is(Structure.Loop)) Loop(value.Loop!);
            if (value.Kernel is not { } kernel || i > 0 && region.Values[i - 1].Kernel == kernel) continue;
            Kernel(kernel, [.. region.Values.Skip(i).TakeWhile(v => v.Kernel == kernel)]);
        }
    }

    void Loop(Loop loop)
    {
        LoopCopies copies = program.Plan.Copies[loop];
        Copies(copies.Before);
        long outside = times;
        times *= loop.Count.Maximum;
        Copies(copies.AtStart);
        Walk(loop.Body, isRoot: false);
        Copies(copies.AtEnd);
        times = outside;
    }

    void Copies(IEnumerable<Copy> copies)
    {
        foreach (Copy copy in copies)
        {
            long bytes = copy.From.Shape.Size.Maximum * (copy.From.Storage.Bytes() + copy.To.Buffer.Storage.Bytes());
            Add("copy", BufferNames.Of(copy.From), "", 1, 0, bytes, CudaCost.Seconds(0, bytes, isProduct: false));
        }
    }

    void Kernel(Kernel kernel, List<Value> values)
    {
        Value named = LowerToCpu.Named(kernel);
        string name = BufferNames.Of(named), layer = layers.Of(kernel, values, name);
        if (program.BiasGradients.ContainsKey(kernel)) return;    // a product's, which reads its operand anyway
        if (kernel.Kind == KernelKind.Single) Single(kernel, values, name, layer);
        else if (kernel.Kind == KernelKind.MatMul) Product(kernel, values, name, layer);
        else Generated(kernel, layer, values.Sum(Cost.Flops), Cost.Bytes(kernel, values),
            kernel.Kind == KernelKind.Columns ? values : []);
    }

    /// <summary>The product into the memory of its tiles, then what is computed of it.</summary>
    void Product(Kernel kernel, List<Value> values, string name, string layer)
    {
        Value product = values[0], tiles = LowerEpilogue.Tiles(kernel, values, program.Plan);
        long flops = Cost.Flops(product), written = Bytes(tiles), bytes = Inputs(kernel, [product]) + written;
        bool isLow = product.Inputs.All(i => i.Storage.IsLow());
        bool isOwn = product.Op.Facet.HasEpilogue;
        if (program.Epilogues.TryGetValue(kernel, out ProductEpilogue? epilogue))
        {
            // Nothing is read twice; a vector is rounded to the result's type before.
            int launches = epilogue.Result.Storage.IsLow() && epilogue.Bias is not null ? 2 : 1;
            (flops, bytes) = (values.Sum(Cost.Flops), Inputs(kernel, values) + kernel.Outputs.Sum(Bytes));
            Add("product", name, layer, launches, flops, bytes, CudaCost.Seconds(flops, bytes, isProduct: true, isLow,
                launches));
            return;
        }
        Add(isOwn ? "routine" : "product", name, layer, 1, flops, bytes,
            CudaCost.Seconds(flops, bytes, isProduct: true, isLow));
        if (kernel.Outputs.All(o => o == product)) return;
        List<Value> rest = [.. values.Skip(1)];
        Generated(kernel, layer, rest.Sum(Cost.Flops), BytesAfterProduct(kernel, values, program.Plan), []);
    }

    /// <summary>Bytes of what is computed of a product: its tiles are read once more.</summary>
    public static long BytesAfterProduct(Kernel kernel, List<Value> values, MemoryPlan plan) =>
        Bytes(LowerEpilogue.Tiles(kernel, values, plan)) + Inputs(kernel, [.. values.Skip(1)])
            + kernel.Outputs.Where(o => o != values[0]).Sum(Bytes);

    /// <param name="kernel">Lowered to one of its own.</param>
    /// <param name="layer">It computes.</param>
    /// <param name="flops">Of one run.</param>
    /// <param name="bytes">Of one run, without the parts of reductions.</param>
    /// <param name="columns">Values of a reduction over rows; empty for others.</param>
    void Generated(Kernel kernel, string layer, long flops, long bytes, List<Value> columns)
    {
        int launches = 1;
        List<Value> reductions = [.. columns.Where(v => v.Op.Kind == PrimitiveKind.Reduction)];
        if (reductions.Count > 0)
        {
            long length = reductions[0].Shape.Size.Maximum;
            long rows = reductions[0].Inputs[0].Shape.Size.Maximum / Math.Max(1, length);
            long splits = Math.Max(1, Math.Min(rows / RowsOfSplit, MostSplits));
            if (splits > 1)
            {
                launches += reductions.Count;
                bytes += 2 * splits * reductions.Count * length * sizeof(float);
            }
        }
        Add("generated", nameOf(program.Launched[kernel]), layer, launches, flops, bytes,
            CudaCost.Seconds(flops, bytes, isProduct: false, launches: launches));
    }

    void Single(Kernel kernel, List<Value> values, string name, string layer)
    {
        long flops = values.Sum(Cost.Flops), bytes = Cost.Bytes(kernel, values);
        Value value = values[values.Count - 1];
        if (value.Op.Facet.Group.StartsWith("attention", StringComparison.Ordinal))
        {
            bool isGradient = value.Op.Facet.Group != "attention";
            int launches = isGradient ? AttentionGradientLaunches : 1;
            Add("attention", name, layer, launches, flops, bytes,
                CudaCost.Attention(isGradient ? 0 : flops, isGradient ? flops : 0, bytes, launches));
        }
        else if (value.Is(Primitives.Gather))
        {
            // No more of the table than is asked for.
            bytes += Math.Min(0, Bytes(value) - Bytes(value.Inputs[0]));
            Add("routine", name, layer, 1, 0, bytes, CudaCost.Seconds(0, bytes, isProduct: false));
        }
        else
        {
            bool isProduct = value.Op.Facet.TotalFlops is not null;
            int launches = value.Is(Primitives.ScatterAdd) ? ScatterLaunches : 1;
            Add("routine", name, layer, launches, flops, bytes, CudaCost.Seconds(flops, bytes, isProduct,
                values[0].Inputs.All(i => i.Storage.IsLow()), launches));
        }
    }

    static long Bytes(Value value) => value.Storage.Bytes() * value.Shape.Size.Maximum;

    static long Inputs(Kernel kernel, List<Value> values) => values.SelectMany(v => v.Inputs)
        .Where(i => i.Kernel != kernel && i.Op.Kind != PrimitiveKind.Source).Distinct().Sum(Bytes);

    void Add(string kind, string name, string layer, int launches, long flops, long bytes, double seconds) =>
        costs.Add(new(kind, name, layer, isBackward, times, launches, flops, bytes, seconds));
}
