using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Graphs;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using static ModelCompiler.Operators;

namespace ModelCompiler.Gradient;

/// <summary>
/// Appends the reverse of a graph. A loop becomes a loop that runs backwards:
/// <code>
/// r  = loop 6 (x = x0) { w = at(W)  y = matmul(x, w)  yield y }
/// →
/// r  = loop 6 (x = x0) { w = at(W)  y = matmul(x, w)  yield y  stack x }
/// dr = loop 6 reversed (dy = d(carried r)) { w = at(W)  x = at(stacked x)  dw = xᵀ·dy  dx = dy·wᵀ  yield dx  stack dw
/// }
/// </code>
/// Values that a body reads whole from outside (tied weights) get a carried accumulator.
/// </summary>
sealed class Differentiate
{
    readonly Recorder recorder;

    Differentiate(Recorder recorder) => this.recorder = recorder;

    /// <summary>Gradients of the values of one forward region, held in the region being recorded.</summary>
    sealed class Adjoints(Region forward, Adjoints? outer)
    {
        readonly Dictionary<Value, Tensor> gradients = [];

        /// <summary>Where the first contribution to a gradient came from, while it is the only one.</summary>
        readonly Dictionary<Value, string> origins = [];

        public Region Forward { get; } = forward;

        /// <summary>Values of enclosing regions whose gradient is carried through this loop.</summary>
        public HashSet<Value> Captured { get; } = [];

        public Tensor? Of(Value value) => gradients.TryGetValue(value, out Tensor? gradient) ? gradient : null;

        public void Set(Value value, Tensor gradient)
        {
            gradients[value] = gradient;
            Name(gradient.Value, value);
        }

        /// <summary>Names a gradient, and what it merely shows in another shape.</summary>
        static void Name(Value gradient, Value of)
        {
            Rename(gradient, "", GradientName(of));
        }

        static void Rename(Value gradient, string from, string to)
        {
            for (; gradient.Name == from; gradient = gradient.Inputs[0])
            {
                gradient.Name = to;
                if (gradient.Op.Kind != PrimitiveKind.View) return;
            }
        }

        /// <param name="value">Whose gradient it is.</param>
        /// <param name="gradient">A contribution to it.</param>
        /// <param name="origin">Which reader of the value it comes from.</param>
        public void Add(Value value, Tensor gradient, string origin)
        {
            if (value.Region != Forward && !Captured.Contains(value))
            {
                outer!.Add(value, gradient, origin);
                return;
            }
            Name(gradient.Value, value);
            if (Of(value) is not { } sum)
            {
                origins[value] = origin;
                Set(value, gradient);
                return;
            }
            // What seemed to be the gradient is a part of it.
            string name = GradientName(value);
            string part = origins.TryGetValue(value, out string? first) ? $"{name} from {first}" : name + " so far";
            if (!sum.Value.Is(Structure.Carry) && sum.Value.Region == gradient.Value.Region) Rename(sum.Value, name,
                part);
            Rename(gradient.Value, name, $"{name} from {origin}");
            origins.Remove(value);
            Set(value, sum + gradient);
        }
    }

    /// <summary>
    /// Records the gradient of the graph's one scalar result with respect to every parameter it depends on.
    /// </summary>
    public static void Run(Graph graph, Recorder recorder)
    {
        using (Recorder.Use(recorder))
        {
            graph.ForwardCount = graph.Root.Values.Count;
            recorder.FirstBackwardId = graph.NextId;
            (recorder.Source, recorder.Scope) = ("", "");
            recorder.Precision = OfGradient(graph.Results[0].Precision);
            var adjoints = new Adjoints(graph.Root, null);
            Shape shape = graph.Results[0].Shape;   // one number, in however many axes
            // Gradients of 16 bits with few of exponent are computed of a multiple of the loss.
            bool isScaled = graph.Root.AllValues().Any(v => v.Precision == PrecisionLevel.Float16);
            Tensor seed = !isScaled ? Constant(1)
                : Tensor.Apply(Structure.LossScale, OperationAttributes.None, new Shape());
            adjoints.Set(graph.Results[0], shape.Rank == 0 ? seed : Reshape(seed, shape));
            new Differentiate(recorder).Reverse(adjoints, graph.ForwardCount);
            foreach (Value parameter in graph.Parameters)
                if (!parameter.IsFrozen && adjoints.Of(parameter) is { } gradient)
                    graph.Gradients[parameter] = recorder.Import(gradient);
        }
    }

    /// <summary>Gradients in 8 bits have a format of their own.</summary>
    static PrecisionLevel OfGradient(PrecisionLevel precision) =>
        precision == PrecisionLevel.Float8 ? PrecisionLevel.Float8Gradient : precision;

    void Reverse(Adjoints adjoints, int count)
    {
        foreach (Value node in adjoints.Forward.Values.Take(count).Reverse().ToList())
        {
            if (node.Is(Structure.Loop))
            {
                ReverseLoop(node.Loop!, adjoints);
                continue;
            }
            if (!node.NeedsGradient || node.Op.Gradient is null || adjoints.Of(node) is not { } dy) continue;
            (recorder.Source, recorder.Scope, recorder.Precision) =
                (node.Source, Scope(node), OfGradient(node.Precision));
            Tensor?[] contributions = node.Op.Gradient(
                new Differential([.. node.Inputs.Select(Wrap)], Wrap(node), node.Attributes, dy));
            for (int i = 0; i < contributions.Length; i++)
                if (contributions[i] is { } contribution && node.Inputs[i].NeedsGradient) adjoints.Add(node.Inputs[i],
                    contribution, Origin(node.Inputs[i], node));
        }
    }

    /// <summary>Steps of a rule are called after the value whose gradient they pass on.</summary>
    static string Scope(Value node) => node.Scope.Length > 0 || node.Name.Length == 0 ? node.Scope : "d." + node.Name;

    /// <summary>
    /// A reader as the part of a contribution's name, without the words it shares with the value and without its
    /// operation's.
    /// </summary>
    static string Origin(Value value, Value reader)
    {
        if (reader.Name.Length == 0) return reader.Op.Name;
        while (value.Name.Length == 0 && value.Op.Kind == PrimitiveKind.View) value = value.Inputs[0];
        string[] words = Words(reader.Name), shared = Words(value.Name), operation = Words(reader.Op.Name);
        int from = 0, to = words.Length;
        while (from < to - 1 && from < shared.Length - 1 && words[from] == shared[from]) from++;
        if (to - from > operation.Length
            && words.Skip(to - operation.Length).SequenceEqual(operation)) to -= operation.Length;
        return string.Join(" ", words.Skip(from).Take(to - from));
    }

    static string[] Words(string name) =>
        System.Text.RegularExpressions.Regex.Replace(Identifiers.Pascal(name), "(?<=.)([A-Z])", " $1")
            .ToLowerInvariant().Split(' ');

    void ReverseLoop(Loop forward, Adjoints outer)
    {
        // Stacks that are read (all hidden states) bring a gradient per iteration; stacks made for saving bring none.
        List<StackedValue> read = [.. forward.Stacked.Where(s => outer.Of(s.Outer) is not null)];
        if (read.Count == 0 && !forward.Results.Any(r => outer.Of(r) is not null)) return;
        List<Value> captured = [.. Captured(forward.Body, forward.Body).Distinct()];
        (recorder.Source, recorder.Scope, recorder.Precision) =
            ("", "", OfGradient(forward.Node.Precision));
        List<Value> initial =
        [
            .. forward.Results.Select(r => recorder.Import(outer.Of(r) ?? Zeros(r.Shape))),
            .. captured.Select(v => recorder.Import(Zeros(v.Shape))),
        ];

        Loop backward = recorder.BeginLoop(forward.Count, forward.Index, forward.Scopes, initial, !forward.Reversed,
            forward);
        var inner = new Adjoints(forward.Body, outer);
        int slots = forward.Yields.Count;
        for (int k = 0; k < captured.Count; k++)
        {
            inner.Captured.Add(captured[k]);
            inner.Set(captured[k], new Tensor(backward.Carried[slots + k]));
            backward.Carried[slots + k].Name = GradientName(captured[k]);
        }
        for (int k = 0; k < slots; k++)
        {
            backward.Carried[k].Name = GradientName(forward.Carried[k]);
            if (forward.Yields[k].NeedsGradient) inner.Add(forward.Yields[k], new Tensor(backward.Carried[k]), "next");
        }
        foreach (StackedValue stack in read)
            inner.Add(stack.Inner, new Tensor(recorder.Slice(recorder.Import(outer.Of(stack.Outer)!))), "outside");
        Reverse(inner, forward.Body.Values.Count);

        var slices = new List<(Value Source, Value Gradient)>();
        foreach (Value at in forward.Body.Values.Where(v => v.Is(Structure.At) && v.NeedsGradient).ToList())
            if (inner.Of(at) is { } gradient) slices.Add((at.Inputs[0], recorder.Import(gradient)));
        List<Value> yields =
        [
            .. forward.Carried.Select(c => recorder.Import(inner.Of(c) ?? Zeros(c.Shape))),
            .. captured.Select(v => recorder.Import(inner.Of(v)!)),
        ];
        recorder.EndLoop(backward, yields);

        for (int k = 0; k < slots; k++)
            if (forward.Initial[k].NeedsGradient) outer.Add(forward.Initial[k], new Tensor(backward.Results[k]),
                "loop");
        for (int k = 0; k < captured.Count; k++) outer.Add(captured[k], new Tensor(backward.Results[slots + k]),
            "loop");
        foreach ((Value source, Value gradient) in slices) outer.Add(source,
            new Tensor(recorder.Stack(backward, gradient)), "loop");
    }

    /// <summary>"d" and what the value is called; an intermediate value keeps to the layer's name.</summary>
    static string GradientName(Value value)
    {
        while (value.Name.Length == 0 && value.Op.Kind == PrimitiveKind.View) value = value.Inputs[0];
        return value.Name.Length > 0 ? "d " + value.Name : value.Op.Kind == PrimitiveKind.Source ? ""
            : "d " + value.Op.Name;
    }

    /// <summary>Differentiable values of enclosing regions that a body, or a loop inside it, reads whole.</summary>
    static IEnumerable<Value> Captured(Region body, Region outermost)
    {
        foreach (Value node in body.Values)
        {
            // An `at` directly in this body is a slice, not a capture: its gradient is stacked.
            bool isSlice = node.Is(Structure.At) && body == outermost;
            foreach (Value input in node.Inputs)
                if (!isSlice && input.NeedsGradient && !input.Region.IsInside(outermost)) yield return input;
            if (node.Loop is not { } loop || !node.Is(Structure.Loop)) continue;
            foreach (Value value in loop.Initial)
                if (value.NeedsGradient && !value.Region.IsInside(outermost)) yield return value;
            foreach (Value value in Captured(loop.Body, outermost)) yield return value;
        }
        foreach (Value value in body.Owner!.Yields)
            if (value.NeedsGradient && !value.Region.IsInside(outermost)) yield return value;
    }

    static Tensor Zeros(Shape shape) => BroadcastTo(Constant(0), shape);

    static TensorBase Wrap(Value value) => value.Type switch
    {
        ElementType.Float32 => new Tensor(value),
        ElementType.Int32 => new Tensor<int>(value),
        _ => new Tensor<bool>(value),
    };
}
