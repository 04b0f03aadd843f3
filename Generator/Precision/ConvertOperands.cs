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
    int kernels;

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
                product.Inputs[input] = Stored(product.Inputs[input], AssignStorage.Activations(product.Precision),
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
        bool isShown = operand.Op.Kind == PrimitiveKind.View && !operand.IsStored && operand.Inputs.Length > 0
            || operand.Is(Structure.At) || operand.Is(Structure.Pick);
        Value made = isShown ? Shown(operand, storage, place, precision) : Copy(operand, storage, place, precision);
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
        };
        Insert(view, place);
        return view;
    }

    Value Copy(Value value, StorageType storage, Value place, PrecisionLevel precision)
    {
        if (value.Is(Structure.Parameter) || value.Is(Structure.Input))
            place = graph.Root.Values[1 + graph.Root.Values.FindLastIndex(v =>
                v.Is(Structure.Parameter) || v.Is(Structure.Input) || atStart.Contains(v))];
        var copy = new Value(graph.NextId++, Structure.Convert, value.Shape, value.Type, place.Region, [value],
            OperationAttributes.None)
        {
            Name = value.Name.Length == 0 ? "" : $"{StackScope.Unstacked(value.Name)} {storage.Text()}",
            Source = value.Source, Precision = precision, Storage = storage, Layout = value.Layout,
            Kernel = new Kernel(kernels++, KernelKind.Elementwise, new Shape([.. value.Shape.Effective()])),
        };
        copy.Kernel.Outputs.Add(copy);
        Insert(copy, place);
        if (value.Is(Structure.Parameter) || value.Is(Structure.Input)) atStart.Add(copy);
        return copy;
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
