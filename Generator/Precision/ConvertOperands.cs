using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Precision;

/// <summary>
/// Sees to it that each product's operands are stored in the type its precision reads: where one is not, the product
/// reads a copy, made where the operand is made; of a parameter or an argument once, at the start of the forward pass.
/// </summary>
sealed class ConvertOperands
{
    readonly Graph graph;
    readonly Dictionary<(Value, StorageType, Region), Value> converted = [];
    readonly HashSet<Value> atStart = [];
    int kernels, scales;

    public ConvertOperands(Graph graph)
    {
        this.graph = graph;
        kernels = graph.Root.AllValues().Where(v => v.Kernel is not null).Select(v => v.Kernel!.Id + 1)
            .DefaultIfEmpty(0).Max();
    }

    public void Run()
    {
        foreach (Value product in graph.Root.AllValues().ToList())
            foreach (int input in OperandsOf(product))
                product.Inputs[input] = Stored(product.Inputs[input], StorageOf(product, product.Inputs[input]),
                    FirstOfKernel(product), product.Precision);
        RemoveUnread();
    }

    /// <summary>Views and slices that products have left for those of a copy.</summary>
    void RemoveUnread()
    {
        if (converted.Count == 0) return;
        HashSet<Value> ends = [.. graph.Ends], read = [.. graph.Readers().Keys];
        foreach (Value value in graph.Root.AllValues().Reverse().ToList())
        {
            bool isShown = value.Op.Kind == PrimitiveKind.View && value.Kernel is null && value.Inputs.Length > 0
                || value.Is(Structure.At) || value.Is(Structure.Pick);
            if (!isShown || read.Contains(value) || ends.Contains(value)) continue;
            int index = value.Region.Values.IndexOf(value);
            value.Region.Values.RemoveAt(index);
            if (value.Region == graph.Root && index < graph.ForwardCount) graph.ForwardCount--;
            if (!graph.Readers().ContainsKey(value.Inputs[0])) read.Remove(value.Inputs[0]);
        }
    }

    /// <summary>The inputs that a product multiplies.</summary>
    static IReadOnlyList<int> OperandsOf(Value value) =>
        value.Is(Primitives.MatMul) ? [0, 1] : value.Op.Facet.ProductInputs(value);

    /// <summary>
    /// What a product reads an operand as. Matrix products in 8 bits take gradients with more range, all else with more
    /// digits; for attention and convolutions there is no such form.
    /// </summary>
    static StorageType StorageOf(Value product, Value operand)
    {
        if (!product.Is(Primitives.MatMul)
            || product.Precision is not (PrecisionLevel.Float8 or PrecisionLevel.Float8Gradient))
            return AssignStorage.Activations(product.Precision);
        while (IsShown(operand)) operand = operand.Inputs[0];
        return operand.Precision == PrecisionLevel.Float8Gradient ? StorageType.Float8E5M2 : StorageType.Float8E4M3;
    }

    static bool IsShown(Value value) =>
        value.Op.Kind == PrimitiveKind.View && !value.IsStored && value.Inputs.Length > 0
        || value.Is(Structure.At) || value.Is(Structure.Pick);

    /// <summary>An operand as a product is to read it: itself, or the same view of a copy.</summary>
    /// <param name="operand">As it is.</param>
    /// <param name="storage">What the product reads.</param>
    /// <param name="place">New values go before it, or before the loops around it.</param>
    /// <param name="precision">The product's.</param>
    Value Stored(Value operand, StorageType storage, Value place, PrecisionLevel precision)
    {
        if (operand.Storage == storage) return operand;
        for (Region? around = place.Region; around is not null; around = around.Parent)
            if (converted.TryGetValue((operand, storage, around), out Value? known)) return known;
        Value made = IsShown(operand) ? Shown(operand, storage, place, precision)
            : Copy(operand, storage, place, precision);
        return converted[(operand, storage, made.Region)] = made;
    }

    Value Shown(Value operand, StorageType storage, Value place, PrecisionLevel precision)
    {
        // A slice stands in the body of its loop, what it is a slice of before that.
        bool isSlice = operand.Is(Structure.At);
        if (isSlice && operand.Region != place.Region) place = LoopIn(operand.Region, place);
        Value source = Stored(operand.Inputs[0], storage, isSlice ? operand.Loop!.Node : place, precision);
        var view = new Value(graph.NextId++, operand.Op, operand.Shape, operand.Type, place.Region, [source],
            operand.Attributes)
        {
            Name = operand.Name, Source = operand.Source, Scope = operand.Scope, Loop = operand.Loop,
            NeedsGradient = operand.NeedsGradient, Precision = precision, Storage = storage,
            Layout = operand.Layout,
        };
        Insert(view, place);
        return view;
    }

    Value Copy(Value value, StorageType storage, Value place, PrecisionLevel precision)
    {
        if (value.Is(Structure.Parameter) || value.Is(Structure.Input))
            place = graph.Root.Values[1 + graph.Root.Values.FindLastIndex(v =>
                v.Is(Structure.Parameter) || v.Is(Structure.Input) || atStart.Contains(v))];
        bool isScaled = storage.Bytes() == 1;
        var copy = new Value(graph.NextId++, isScaled ? Structure.Quantize : Structure.Convert, value.Shape,
            value.Type, place.Region, [value], isScaled ? Scales(value, place.Region) : OperationAttributes.None)
        {
            Name = value.Name.Length == 0 ? "" : $"{StackScope.Unstacked(value.Name)} {storage.Text()}",
            Source = value.Source, Precision = precision, Storage = storage, Layout = value.Layout,
            Kernel = new Kernel(kernels++, isScaled ? KernelKind.Single : KernelKind.Elementwise,
                new Shape([.. value.Shape.Effective()])),
        };
        copy.Kernel.Outputs.Add(copy);
        Insert(copy, place);
        if (value.Is(Structure.Parameter) || value.Is(Structure.Input)) atStart.Add(copy);
        return copy;
    }

    /// <summary>Numbers the scales of a tensor: one for each layer that is stacked in it or runs around it.</summary>
    OperationAttributes Scales(Value value, Region region)
    {
        int depth = Depth(value);
        long count = 1;
        for (int axis = 0; axis < depth; axis++) count *= value.Shape[axis].Constant;
        for (Region? around = region; around?.Owner is { } loop; around = around.Parent)
            if (loop.Count.IsConstant) count *= loop.Count.Constant;
        var attributes = new OperationAttributes { Start = scales, Axes = [depth], Window = [(int)count] };
        scales += (int)count;
        return attributes;
    }

    /// <summary>Leading axes that stand for layers, or for iterations of a known number.</summary>
    static int Depth(Value value)
    {
        int depth = value.Is(Structure.Parameter) ? value.Name.Split('.').Count(StackScope.IsStacked)
            : value.Is(Structure.Stacked) ? 1 + Depth(value.Loop!.Stacked.First(s => s.Outer == value).Inner) : 0;
        return value.Shape.Dims.Take(depth).All(d => d.IsConstant) ? depth : 0;
    }

    /// <summary>Values of one kernel stand together: nothing goes between them.</summary>
    static Value FirstOfKernel(Value value) =>
        value.Kernel is null ? value : value.Region.Values.First(v => v.Kernel == value.Kernel);

    /// <summary>The loop of a region in which a value stands, however deep.</summary>
    static Value LoopIn(Region region, Value value)
    {
        Region inner = value.Region;
        while (inner.Parent != region) inner = inner.Parent!;
        return inner.Owner!.Node;
    }

    void Insert(Value value, Value before)
    {
        int index = value.Region.Values.IndexOf(before);
        value.Region.Values.Insert(index, value);
        if (value.Region == graph.Root && index < graph.ForwardCount) graph.ForwardCount++;
    }
}
