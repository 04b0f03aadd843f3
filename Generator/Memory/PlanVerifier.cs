using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>
/// What must hold of a memory plan, found out without asking how it was made: the schedule is run with marks in place
/// of numbers. A kernel leaves a new mark where its result lies, a copy carries marks on, and whoever reads must find
/// the marks of what it reads. Two buffers that are alive at once and overlap, a slot that is not handed on and a
/// result written too early all show as a wrong mark. What happens within one kernel is <see cref="KernelAliasing"/>'s.
/// </summary>
sealed class PlanVerifier
{
    /// <summary>
    /// Of each loop: enough for an iteration that follows one and is followed by another. Addresses are linear in a
    /// loop's index, so what holds for these holds for all, within the bounds that are checked apart.
    /// </summary>
    const int Iterations = 3;

    const int Alignment = 16;   // words of four bytes: one cache line

    readonly Graph graph;
    readonly MemoryPlan plan;
    readonly Schedule schedule;
    readonly Dictionary<string, long> dims;
    readonly Dictionary<Buffer, MarkedMemory> memory = [];
    readonly Dictionary<Buffer, Buffer[]> overlapping = [];
    readonly Dictionary<Value, MarkedContent> contents = [];
    readonly Dictionary<Value, PlannedPlace> places = [];
    readonly Dictionary<Loop, int> indices = [];
    readonly Dictionary<Value, long> sizes = [];

    /// <summary>
    /// Results and operands in one place that are known to be in step: the first iteration of a loop asks for all.
    /// </summary>
    readonly HashSet<(Value, Value)> inStep = [];

    /// <summary>Where in its source a view in order begins; -1 for a view that is not in order.</summary>
    readonly Dictionary<Value, long> starts = [];

    PlanVerifier(Graph graph, MemoryPlan plan)
    {
        (this.graph, this.plan, schedule) = (graph, plan, new Schedule(graph));
        dims = graph.Dims.ToDictionary(d => d.Name, d => (long)d.Max);
        foreach (Buffer buffer in plan.Buffers)
            overlapping[buffer] = [.. plan.Buffers.Where(o => o != buffer
                && o.Offset < buffer.Offset + buffer.Words && buffer.Offset < o.Offset + o.Words)];
    }

    /// <exception cref="InvalidOperationException">Names step, value, buffer and rule.</exception>
    public static void Check(Graph graph, MemoryPlan plan)
    {
        var verifier = new PlanVerifier(graph, plan);
        verifier.Bounds();
        verifier.Begin();
        verifier.Run(graph.Root);
        foreach (Copy copy in plan.FinalCopies) verifier.Run(copy, verifier.schedule.Last);
        verifier.End();
        foreach (Copy copy in plan.StateCopies) verifier.Save(copy);
    }

    InvalidOperationException Broken(int step, string rule) =>
        new($"After PlanMemory in {graph.Name}: step {step}: {rule}.");

    InvalidOperationException Broken(string rule) => new($"After PlanMemory in {graph.Name}: {rule}.");

    long Length(Dim dim) => dim.IsConstant ? dim.Constant : dim.Evaluate(name => dims[name]);

    long Size(Value value) =>
        sizes.TryGetValue(value, out long known) ? known : sizes[value] = Length(value.Shape.Size);

    void Bounds()
    {
        foreach (Buffer buffer in plan.Buffers) Bounds(buffer, plan.ArenaLength, "the arena");
        long end = 0;
        foreach (Buffer buffer in plan.Parameters.Values.OrderBy(b => b.Offset))
        {
            Bounds(buffer, plan.ParameterLength, "the parameters");
            if (buffer.Offset < end) throw Broken(
                $"{buffer.Name} at {buffer.Offset} begins before {end}, where its neighbour ends");
            end = buffer.Offset + buffer.Words;
        }
        var known = new HashSet<Buffer>(plan.Buffers);
        foreach (KeyValuePair<Value, Address> pair in plan.Addresses)
        {
            Buffer buffer = pair.Value.Buffer;
            if (buffer.Kind == BufferKind.Arena && !known.Contains(buffer))
                throw Broken($"{pair.Key} lies in {buffer.Name}, which has no place in the arena");
            if (pair.Key.Storage.Bytes() != buffer.Storage.Bytes()) throw Broken(
                $"{pair.Key} is {pair.Key.Storage.Text()} in {buffer.Name}, which is {buffer.Storage.Text()}");
            long last = pair.Value.Terms.Sum(
                t => (t.Place + (t.Loop is null ? 0 : t.Loop.Count.Maximum - 1)) * Length(t.Stride));
            long stop = last + Size(pair.Key);
            if (stop > buffer.Length) throw Broken(
                $"{pair.Key} ends at {stop} in {buffer.Name}, which has {buffer.Length} elements");
            if (buffer.Kind == BufferKind.Gradient && !plan.Parameters.Values.Any(p =>
                p.Name == buffer.Name && p.Offset == buffer.Offset && p.Length == buffer.Length))
                throw Broken($"the gradient {buffer.Name} at {buffer.Offset} does not lie as its parameter does");
        }
    }

    void Bounds(Buffer buffer, long length, string where)
    {
        if (buffer.Offset % Alignment != 0) throw Broken(
            $"{buffer.Name} at {buffer.Offset} is not aligned to {Alignment} elements");
        if (buffer.Offset < 0 || buffer.Offset + buffer.Words > length)
            throw Broken($"{buffer.Name} at {buffer.Offset} with {buffer.Words} elements does not lie within " +
                $"{where} of {length}");
    }

    void Begin()
    {
        foreach (Value value in graph.Inputs.Concat(graph.Parameters))
        {
            contents[value] = MarkedContent.New(new Mark(value, -1), Size(value));
            Memory(plan.Addresses[value].Buffer).Write(0, contents[value]);
        }
    }

    void Run(Region region)
    {
        List<Value> values = region.Values;
        for (int i = 0; i < values.Count; i++)
        {
            if (region == graph.Root && i == graph.ForwardCount) Results();
            Value value = values[i];
            if (value.Is(Structure.Loop)) Run(value.Loop!);
            if (value.Kernel is not { } kernel) continue;
            int first = i;
            while (i + 1 < values.Count && values[i + 1].Kernel == kernel) i++;
            Run(kernel, values.GetRange(first, i - first + 1));
        }
    }

    void Run(Kernel kernel, List<Value> values)
    {
        int step = schedule.Of(values[0]);
        var reads = new List<Stretch>();
        foreach (Value input in values.SelectMany(v => v.Inputs).Where(i => i.Kernel != kernel).Distinct())
            if (Base(input) is { } read)
            {
                Read(read, step, $"k{kernel.Id}");
                reads.Add(new(read, PlaceOf(read).Buffer, Start(PlaceOf(read)), Size(read)));
            }
        List<Stretch> written = [.. kernel.Outputs.Select(o =>
            new Stretch(o, PlaceOf(o).Buffer, Start(PlaceOf(o)), Size(o)))];
        foreach (Stretch output in written)
        {
            foreach (Stretch other in written.Where(o => o.Value != output.Value && Meet(o, output)))
                throw Broken(step, $"k{kernel.Id} writes {output.Value} in {output.Buffer.Name} over {other.Value} " +
                    $"in {other.Buffer.Name}");
            foreach (Stretch read in reads.Where(r => Meet(r, output)))
            {
                if (read.Buffer != output.Buffer || read.Start != output.Start || read.Length != output.Length)
                    throw Broken(step, $"k{kernel.Id} writes {output.Value} in {output.Buffer.Name} over " +
                        $"{read.Value} in "
                        + $"{read.Buffer.Name}, which it reads");
                if (inStep.Add((output.Value, read.Value))
                    && KernelAliasing.Broken(kernel, values, output.Value, read.Value) is { } rule)
                    throw Broken(step, $"k{kernel.Id} writes {output.Value} in place of {read.Value} in " +
                        $"{read.Buffer.Name}, {rule}");
            }
        }
        bool needsTile = kernel.Kind == KernelKind.MatMul && !kernel.Outputs.Contains(values[0]);
        if (needsTile && written.All(w => reads.Any(r => Meet(r, w))))
            throw Broken(step, $"k{kernel.Id} has no memory for its tiles: all it writes lies over what it reads");
        foreach (Value output in kernel.Outputs)
        {
            contents[output] = MarkedContent.New(new Mark(output, step), Size(output));
            Write(PlaceOf(output), contents[output], step);
        }
    }

    /// <summary>Whether two pieces of memory share an element; buffers that overlap do so as a whole.</summary>
    bool Meet(Stretch a, Stretch b) => a.Buffer == b.Buffer
        ? a.Start < b.Start + b.Length && b.Start < a.Start + a.Length
        : overlapping.TryGetValue(a.Buffer, out Buffer[]? others) && others.Contains(b.Buffer);

    void Run(Loop loop)
    {
        int first = schedule.First(loop), end = schedule.End(loop);
        LoopCopies copies = plan.Copies[loop];
        foreach (Copy copy in copies.Before) Run(copy, first);
        int count = (int)Math.Min(Iterations, loop.Count.Maximum);
        MarkedContent[] carried = [.. loop.Initial.Select(ContentOf)];
        var stacks = loop.Stacked.ToDictionary(s => s.Outer, _ => new MarkedContent([]));
        for (int k = 0; k < count; k++)
        {
            int index = indices[loop] = loop.Reversed ? count - 1 - k : k;
            for (int slot = 0; slot < carried.Length; slot++)
            {
                contents[loop.Carried[slot]] = carried[slot];
                Read(loop.Carried[slot], first, $"iteration {index} of n{loop.Node.Id}");
            }
            foreach (Copy copy in copies.AtStart) Run(copy, first);
            Run(loop.Body);
            foreach (Copy copy in copies.AtEnd) Run(copy, end);
            carried = [.. loop.Yields.Select(ContentOf)];
            foreach (StackedValue stacked in loop.Stacked)
                stacks[stacked.Outer].Add(ContentOf(stacked.Inner), index * Size(stacked.Inner));
        }
        for (int slot = 0; slot < carried.Length; slot++)
        {
            contents[loop.Results[slot]] = carried[slot];
            Read(loop.Results[slot], end, $"the end of n{loop.Node.Id}");
        }
        foreach (KeyValuePair<Value, MarkedContent> stack in stacks)
        {
            contents[stack.Key] = stack.Value;
            Read(stack.Key, end, $"the end of n{loop.Node.Id}");
        }
    }

    /// <summary>A state is written last, when nothing of the step reads the old one any more.</summary>
    void Save(Copy copy)
    {
        if (Base(copy.From) is { } read) Read(read, schedule.Last, "a state");
        if (copy.To.Buffer.Kind != BufferKind.Parameter || copy.To.Buffer.Offset < plan.TrainableLength)
            throw Broken(schedule.Last, $"{copy.From} is saved in {copy.To.Buffer.Name}, which is no state");
    }

    void Run(Copy copy, int step)
    {
        PlannedPlace to = Place(copy.To);
        MarkedContent content;
        // A stand-in for a value that was copied elsewhere is no value of the graph: it is what lies there.
        if (copy.From.Is(Structure.Carry) && !contents.ContainsKey(copy.From))
        {
            PlannedPlace from = PlaceOf(copy.From);
            content = Memory(from.Buffer).Read(Start(from), Size(copy.From));
        }
        else
        {
            content = ContentOf(copy.From);
            if (Base(copy.From) is { } read) Read(read, step, $"the copy to {to.Buffer.Name} ({copy.Why})");
        }
        Write(to, content, step);
    }

    void Read(Value value, int step, string reader)
    {
        PlannedPlace place = PlaceOf(value);
        long start = Start(place);
        if (Memory(place.Buffer).Wrong(start, ContentOf(value)) is not { } wrong) return;
        string found = wrong.Found is { } mark ? $"{mark.Value} was written at step {mark.Step}"
            : "nothing was written";
        throw Broken(step, $"{reader} reads {value} in {place.Buffer.Name}, where at {wrong.At} {found}");
    }

    void Write(PlannedPlace place, MarkedContent content, int step)
    {
        if (place.Buffer.Kind is BufferKind.Parameter or BufferKind.Input)
            throw Broken(step, $"{place.Buffer.Name} is written, which is only to be read");
        Memory(place.Buffer).Write(Start(place), content);
        if (!overlapping.TryGetValue(place.Buffer, out Buffer[]? others)) return;
        // Whoever has memory there loses all of it: buffers are alive or dead as a whole.
        foreach (Buffer other in others) Memory(other).Overwrite(content.Any, other.Length);
    }

    /// <summary>What callers read when Forward has returned, and Backward.</summary>
    void End()
    {
        Results();
        foreach (Value parameter in graph.Parameters.Where(graph.Gradients.ContainsKey))
        {
            MarkedContent gradient = ContentOf(graph.Gradients[parameter]);
            if (!Written(BufferKind.Gradient)
                .Any(b => b.Offset == plan.Parameters[parameter].Offset && Memory(b).Wrong(0, gradient) is null))
                throw Broken(schedule.Last,
                    $"the gradient of {parameter.Name}, {graph.Gradients[parameter]}, does not lie "
                    + "where the optimizer reads it");
        }
    }

    void Results()
    {
        Buffer[] buffers = [.. Written(BufferKind.Output)];
        foreach (Value result in graph.Results)
            if (buffers.Length == 0 && Base(result) is { } read) Read(read, schedule.Last, "the caller");
            else if (buffers.Length > 0 && !buffers.Any(b => Memory(b).Wrong(0, ContentOf(result)) is null))
                throw Broken(schedule.Last, $"{result} is returned and lies in none of the caller's spans");
    }

    IEnumerable<Buffer> Written(BufferKind kind) => memory.Keys.Where(b => b.Kind == kind);

    MarkedMemory Memory(Buffer buffer) =>
        memory.TryGetValue(buffer, out MarkedMemory? known) ? known : memory[buffer] = new MarkedMemory();

    /// <summary>The value whose memory is read; null for what is known without memory.</summary>
    Value? Base(Value value)
    {
        if (value.Op.Kind == PrimitiveKind.View && !value.IsStored)
        {
            if (value.Inputs.Length == 0) return null;
            Value source = Shown(value);
            return source == value ? null : Base(source);
        }
        return value.Op.Kind == PrimitiveKind.Source && value.Kernel is null ? null : value;
    }

    static Value Shown(Value value) =>
        value.Op.Kind == PrimitiveKind.View && !value.IsStored && value.Inputs.Length > 0 ? Shown(value.Inputs[0])
            : value;

    /// <summary>The marks of a value, in the order of its memory.</summary>
    MarkedContent ContentOf(Value value)
    {
        if (value.Is(Structure.At)) return Slice(value, indices[value.Loop!]);
        if (value.Is(Structure.Pick)) return Slice(value, value.Attributes.Axes[0]);
        if (contents.TryGetValue(value, out MarkedContent? known)) return known;
        if (value.Op.Kind != PrimitiveKind.View || value.IsStored)
            throw Broken($"{value} is read before it is computed");
        MarkedContent source = ContentOf(Shown(value));
        if (!starts.TryGetValue(value, out long start))
        {
            Strided strided = Strided.Of(value) ?? throw Broken($"{value} cannot be read in place");
            starts[value] = start = strided.IsContiguous(value.Shape) ? Length(strided.Offset) : -1;
        }
        return start < 0 ? source : source.Slice(start, Size(value));
    }

    MarkedContent Slice(Value value, int place)
    {
        long size = Size(value);
        return ContentOf(value.Inputs[0]).Slice(place * size, size);
    }

    PlannedPlace PlaceOf(Value value)
    {
        if (!places.TryGetValue(value, out PlannedPlace? place)) places[value] = place = Place(plan.AddressOf(value));
        return place;
    }

    PlannedPlace Place(Address address) =>
        new(address.Buffer, [.. address.Terms.Select(t => t.After is { } loop
            // Not all iterations are run: what the last one leaves lies behind it.
            ? (loop, Length(t.Stride), Length(t.Stride)) : (t.Loop, t.Place * Length(t.Stride), Length(t.Stride)))]);

    long Start(PlannedPlace place)
    {
        long start = 0;
        foreach ((Loop? loop, long constant, long stride) in place.Terms)
            start += constant + (loop is null ? 0 : indices[loop] * stride);
        return start;
    }

    /// <summary>An address whose lengths are numbers.</summary>
    sealed record PlannedPlace(Buffer Buffer, (Loop? Loop, long Constant, long Stride)[] Terms);

    /// <summary>A stretch of a buffer that a kernel reads or writes for a value.</summary>
    sealed record Stretch(Value Value, Buffer Buffer, long Start, long Length);
}
