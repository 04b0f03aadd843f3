using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>
/// Builds a graph: every operator call of a library layer, of an interpreted user body or of a gradient rule ends here
/// and appends one value to the open region. It never computes.
/// </summary>
sealed partial class Recorder(Graph graph)
{
    // Library bodies are static C#, so the recorder is ambient; per thread, because hosts run side by side.
    [ThreadStatic] static Recorder? current;

    /// <summary>The open loop that a value recorded into an enclosing region must precede.</summary>
    Value? before;

    public static Recorder Current =>
        current ?? throw new InvalidOperationException(
            "No graph is being recorded: operators run inside the compiler only while one is.");

    public Graph Graph { get; } = graph;

    /// <summary>Where the next value goes.</summary>
    public Region Region { get; private set; } = graph.Root;

    /// <summary>The user's expression being evaluated.</summary>
    public string Source { get; set; } = "";

    /// <summary>The field path of the layer being run.</summary>
    public string Scope { get; set; } = "";

    /// <summary>What [Precision] says of it; in the gradient, of the value whose gradient is recorded.</summary>
    public PrecisionLevel Precision { get; set; }

    /// <summary>Whether a library layer's own source is at work rather than a user's body.</summary>
    public bool IsInLayer { get; set; }

    /// <summary>
    /// The composed operators being run, outermost first, as a path; empty in a body that calls primitives.
    /// </summary>
    public string Operator { get; set; } = "";

    /// <summary>
    /// Values named after the method that returned them: the variable they are assigned to says more.
    /// </summary>
    readonly HashSet<Value> suggested = [];

    /// <summary>
    /// Repeat(..) calls being evaluated, outermost first: parameters created now are stacked that deep.
    /// </summary>
    public List<StackScope> Stacks { get; } = [];

    /// <summary>Rows of layers whose creation is being tried: how many are open.</summary>
    public int OpenRows { get; set; }

    /// <summary>
    /// How often something older than the open row has been assigned. A row made with such effects stays as it was
    /// made: making it again would repeat them.
    /// </summary>
    public int Effects { get; set; }

    /// <summary>Stacks read at one constant layer (<c>blocks[0]</c>) rather than at the layer of a loop.</summary>
    public Dictionary<StackScope, int> Fixed { get; } = [];

    /// <summary>Makes a recorder the current one until disposed.</summary>
    public static IDisposable Use(Recorder recorder)
    {
        Recorder? previous = current;
        current = recorder;
        return new Restore(() => current = previous);
    }

    /// <summary>What a primitive's call becomes.</summary>
    public Value Record(Primitive op, OperationAttributes attributes, Shape shape, ElementType type,
        TensorBase[] inputs)
    {
        Value[] values = [.. inputs.Select(Import)];
        Value recorded = Append(op, attributes, shape, type, values);
        // Inside a library layer only its parameters know which part is at work: blocks.attention, or
        // blocks.attention.query.
        if (!IsInLayer) return recorded;
        string part = Scope;
        foreach (Value input in values)
            if (OwnerOf(input) is { } owner && owner.Length > part.Length
                && owner.StartsWith(Scope, StringComparison.Ordinal))
                part = owner;
        recorded.Scope = WithOperator(part);
        return recorded;
    }

    string WithOperator(string scope) => Operator.Length == 0 ? scope : scope.Length == 0 ? Operator
        : $"{scope}.{Operator}";

    /// <summary>
    /// Calls a value after the variable of the open scope that it is assigned to; the first variable counts.
    /// </summary>
    public void Name(Value value, string name)
    {
        if (value.Is(Structure.Parameter) || value.Name.Length > 0 && !suggested.Remove(value)) return;
        (value.Name, value.Scope) = (name, Scope);
    }

    /// <summary>Calls a value after the method that returns it, unless it is assigned to a variable.</summary>
    public void Suggest(Value value, string name)
    {
        if (value.Name.Length > 0 || value.Op.Kind == PrimitiveKind.Structure) return;
        Name(value, name);
        suggested.Add(value);
    }

    /// <summary>The path of the layer a parameter belongs to, views and slices followed.</summary>
    static string? OwnerOf(Value value)
    {
        while (value.Op.Kind == PrimitiveKind.View || value.Is(Structure.At)
            || value.Is(Structure.Pick)) value = value.Inputs[0];
        if (!value.Is(Structure.Parameter)) return null;
        int dot = value.Name.LastIndexOf('.');
        return dot < 0 ? "" : StackScope.Unstacked(value.Name.Substring(0, dot));
    }

    /// <summary>Appends to the open region.</summary>
    public Value Append(Primitive op, OperationAttributes attributes, Shape shape, ElementType type,
        params Value[] inputs)
    {
        bool isDrawn = Value.Draws(op, attributes) && FirstBackwardId == int.MaxValue;
        bool flows = type == ElementType.Float32 && op.Gradient is not null && inputs.Any(i => i.NeedsGradient);
        var value = new Value(Graph.NextId++, op, shape, type, Region, inputs, attributes)
        {
            Source = Source, Scope = WithOperator(Scope), NeedsGradient = flows, Precision = Precision,
        };
        Region.Values.Insert(before is null ? Region.Values.Count : Region.Values.IndexOf(before), value);
        if (isDrawn) drawn.Add(value);
        return value;
    }

    Value AppendStructure(Primitive op, Shape shape, ElementType type, params Value[] inputs) =>
        Append(op, OperationAttributes.None, shape, type, inputs);

    /// <summary>An argument of the entry point.</summary>
    public Value AddInput(string name, Shape shape, ElementType type)
    {
        Value value = AppendStructure(Structure.Input, shape, type);
        value.Name = name;
        Graph.Inputs.Add(value);
        return value;
    }

    /// <summary>A trainable tensor of one layer; open repetitions become its leading axes.</summary>
    public Tensor AddParameter(Shape shape, ParameterInitializer initializer)
    {
        StackScope[] stacks = [.. Stacks];
        Shape whole = new([.. stacks.Select(s => (Dim)s.Count), .. shape.Dims]);
        Value value = AppendStructure(Structure.Parameter, whole, ElementType.Float32);
        (value.NeedsGradient, value.Initializer, value.Source, value.Scope) = (true, initializer, "", "");
        Graph.Parameters.Add(value);
        return new Tensor(value, stacks);
    }

    /// <summary>A tensor kept from step to step without being trained, stacked as parameters are.</summary>
    public Tensor AddState(Shape shape, ParameterInitializer initializer)
    {
        Tensor state = AddParameter(shape, initializer);
        (state.Value.NeedsGradient, state.Value.IsState) = (false, true);
        return state;
    }

    /// <summary>Opens a loop; values are recorded into its body until <see cref="EndLoop"/>.</summary>
    /// <param name="count">How often it runs.</param>
    /// <param name="index">What its index is called.</param>
    /// <param name="scopes">Repeated layers it walks over.</param>
    /// <param name="initial">What is carried into the first iteration.</param>
    /// <param name="reversed">Whether the index falls.</param>
    /// <param name="forward">For a gradient loop: the loop it reverses.</param>
    public Loop BeginLoop(
        Dim count, string index, IEnumerable<StackScope> scopes, IEnumerable<Value> initial, bool reversed = false,
            Loop? forward = null)
    {
        var loop = new Loop(count, reversed, forward) { Index = index };
        loop.Scopes.AddRange(scopes);
        loop.Initial.AddRange(initial);
        loop.Node = AppendStructure(Structure.Loop, new Shape(), ElementType.Float32);
        loop.Node.Loop = loop;
        BeginDraws(loop);
        Region = loop.Body = new Region(Region, loop);
        foreach (Value value in loop.Initial)
        {
            Value carried = AppendStructure(Structure.Carry, value.Shape, value.Type);
            // A parameter may flow in from the second iteration on.
            (carried.NeedsGradient, carried.Name, carried.Loop) = (value.Type == ElementType.Float32, value.Name, loop);
            loop.Carried.Add(carried);
        }
        return loop;
    }

    /// <summary>Closes the innermost loop: <paramref name="yields"/> are what the next iteration carries.</summary>
    public void EndLoop(Loop loop, IEnumerable<Value> yields)
    {
        loop.Yields.AddRange(yields);
        EndDraws(loop);
        Region = loop.Body.Parent!;
        foreach (Value carried in loop.Carried)
        {
            Value result = AppendStructure(Structure.Carried, carried.Shape, carried.Type, loop.Node);
            (result.NeedsGradient, result.Loop, result.Name) = (carried.NeedsGradient, loop, carried.Name);
            loop.Results.Add(result);
        }
    }

    /// <summary>Leaves an open loop after an error in its body, so that recording can go on behind it.</summary>
    public void AbandonLoop(Loop loop) => EndLoop(loop, loop.Carried);

    /// <summary>This iteration's slice of a value with the innermost loop's count as leading axis.</summary>
    public Value Slice(Value sequence) => At(Reach(sequence, Region.Parent!), Region);

    /// <summary>The slice of a [count, ..] value that an open loop is at.</summary>
    public Value At(Value stacked, Loop loop) => At(Reach(stacked, loop.Body.Parent!), loop.Body);

    /// <summary>One constant slice of a [count, ..] value.</summary>
    public Value Pick(Value stacked, int place)
    {
        Value value = Reach(stacked, Region);
        Value pick = Append(Structure.Pick, new OperationAttributes { Axes = [place] }, value.Shape.Tail, value.Type,
            value);
        pick.Name = value.Name;
        return pick;
    }

    /// <summary>Whether a loop being recorded walks over these layers.</summary>
    public bool IsOpen(StackScope scope)
    {
        for (Region? region = Region; region is not null; region = region.Parent)
            if (region.Owner?.Scopes.Contains(scope) == true) return true;
        return false;
    }

    /// <summary>
    /// After an error: back to a region that was open before; what is half recorded is never compiled.
    /// </summary>
    public void Unwind(Region region) => Region = region;

    /// <summary>Where recording stands, to come back to.</summary>
    public RecordingMark Mark() => new(Region, Graph.Parameters.Count, Graph.NextId, draws);

    /// <summary>Forgets what has been recorded since, loops included.</summary>
    public void Rewind(RecordingMark mark)
    {
        foreach ((Region, Value) key in imported.Where(i => i.Value.Id >= mark.NextId).Select(i => i.Key)
            .ToList()) imported.Remove(key);
        (Region, Graph.NextId) = (mark.Region, mark.NextId);
        // Some went into enclosing regions, before the loop that is open there.
        for (Region? region = mark.Region; region is not null; region = region.Parent)
            region.Values.RemoveAll(v => v.Id >= mark.NextId);
        ForgetStates(mark.NextId);
        draws = mark.Draws;
        drawn.RemoveAll(v => v.Id >= mark.NextId);
        Graph.Parameters.RemoveRange(mark.Parameters, Graph.Parameters.Count - mark.Parameters);
    }

    /// <summary>All iterations of a body value, as a [count, ..] value beside its loop.</summary>
    public Value Stack(Loop loop, Value inner)
    {
        if (loop.Stacked.FirstOrDefault(s => s.Inner == inner) is { } known) return known.Outer;
        Region region = loop.Node.Region;
        var outer = new Value(Graph.NextId++, Structure.Stacked, inner.Shape.Prepend(loop.Count), inner.Type, region,
            [loop.Node],
            OperationAttributes.None)
        {
            Loop = loop, NeedsGradient = inner.NeedsGradient, Name = inner.Name, Source = inner.Source,
                Scope = inner.Scope, Precision = inner.Precision,
        };
        int after = region.Values.IndexOf(loop.Node) + 1;
        region.Values.Insert(after, outer);
        if (region.Parent is null && after <= Graph.ForwardCount) Graph.ForwardCount++;
        loop.Stacked.Add(new StackedValue(inner, outer));
        return outer;
    }

    /// <summary>A tensor as a value usable in the open region: a slice where it belongs to repeated layers.</summary>
    public Value Import(TensorBase tensor)
    {
        Value value = Reach(tensor.Value, Region);
        foreach (StackScope scope in tensor.Stacks)
        {
            if (Fixed.TryGetValue(scope, out int layer))
            {
                // Beside what it is picked of: a loop that is open here may walk over the layers inside of the picked
                // one.
                Value stacked = value;
                value = In(stacked.Region, () => Pick(stacked, layer));
                continue;
            }
            Region region = Region;
            while (region.Owner is not { } owner || !owner.Scopes.Contains(scope))
                region = region.Parent ?? throw new ShapeException(
                    $"{tensor.Value.Name} belongs to the repeated layers {scope.Path} and is read outside a loop " +
                        "over them: " +
                    $"use foreach over {scope.Path}, or one layer such as {scope.Path}[0]") { Id = "MC1007" };
            value = At(value, region);
        }
        return value;
    }

    sealed class Restore(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
