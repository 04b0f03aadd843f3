using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>
/// Gives every stored value a place. Stacked values are written straight into their stack, accumulators and elementwise
/// results over what they consume, gradients into the gradient arena; what lives at different times shares memory.
/// <code>
/// n1 = exp(x)  n2 = sum(n1)  n3 = tanh(y)   →   n1 @ 0, n2 @ 4096, n3 @ 0 (n1 is dead)
/// </code>
/// </summary>
sealed class PlanMemory
{
    const int Alignment = 16;   // words of four bytes: one cache line, one AVX-512 vector

    readonly Graph graph;
    readonly MemoryPlan plan = new();
    readonly Schedule schedule;
    readonly Dictionary<Value, List<Value>> readers;
    readonly List<Buffer> arena = [];
    readonly HashSet<string> names = ["Bytes", "Scales", "Scratch"];

    PlanMemory(Graph graph) => (this.graph, schedule, readers) = (graph, new Schedule(graph), graph.Readers());

    /// <param name="graph">Fused.</param>
    /// <param name="resultName">The span that results are written to; null if they stay in the arena.</param>
    public static MemoryPlan Run(Graph graph, string? resultName)
    {
        var pass = new PlanMemory(graph);
        pass.PlaceParameters();
        pass.PlaceArguments();
        pass.PlaceGradients();
        foreach (KeyValuePair<Value, Value> state in graph.NewStates)
            pass.plan.StateCopies.Add(new(state.Value, pass.plan.Addresses[state.Key],
                "what the next step starts from"));
        if (resultName is not null) pass.PlaceResults(resultName);
        foreach (Region region in graph.AllRegions().ToList()) pass.PlaceLoopValues(region);
        foreach (Region region in graph.AllRegions().ToList()) pass.PlaceStored(region);
        pass.FindLifetimes();
        pass.ReuseInPlace();
        pass.Pack();
        return pass.plan;
    }

    void PlaceParameters()
    {
        Dictionary<Value, string> offsets = Identifiers.Of(graph.Parameters);
        // Frozen ones and states last: gradients and optimizer state end before them.
        foreach (Value parameter in graph.Parameters.OrderBy(p => p.IsTrained ? 0 : p.IsFrozen ? 1 : 2))
        {
            var buffer = new Buffer(BufferKind.Parameter, offsets[parameter], parameter.Shape,
                StorageType.Float32) { Offset = plan.ParameterLength };
            plan.Parameters[parameter] = buffer;
            plan.Addresses[parameter] = new(buffer, []);
            plan.ParameterLength += Aligned(buffer.Words);
            if (parameter.IsTrained) plan.TrainableLength = plan.ParameterLength;
        }
    }

    void PlaceArguments()
    {
        foreach (Value input in graph.Inputs)
            plan.Addresses[input] = new(new Buffer(BufferKind.Input, input.Name, input.Shape, input.Storage), []);
    }

    /// <summary>
    /// A gradient is written where the optimizer reads it, unless its value has another place already.
    /// </summary>
    void PlaceGradients()
    {
        foreach (Value parameter in graph.Parameters.Where(graph.Gradients.ContainsKey))
        {
            Value value = Stored(graph.Gradients[parameter]);
            var buffer = new Buffer(BufferKind.Gradient, plan.Parameters[parameter].Name, parameter.Shape,
                StorageType.Float32)
            {
                Offset = plan.Parameters[parameter].Offset,
            };
            string why = "gradient of " + parameter.Name;
            // A stretch of a larger value cannot be written where the gradient belongs without the rest of it.
            if (value.Shape.Size != parameter.Shape.Size) plan.FinalCopies.Add(new(graph.Gradients[parameter],
                new(buffer, []), why));
            else Claim(value, new Address(buffer, []), why);
        }
    }

    void PlaceResults(string resultName)
    {
        for (int i = 0; i < graph.Results.Count; i++)
        {
            Value result = graph.Results[i];
            if (result.Shape.Rank == 0 && graph.Results.Count == 1) continue;   // returned
            string name = graph.Results.Count == 1 ? resultName : $"{resultName}{i + 1}";
            Claim(Stored(result), new(new Buffer(BufferKind.Output, name, result.Shape,
                StorageTypes.Of(result.Type)), []), "result");
        }
    }

    void Claim(Value value, Address address, string why)
    {
        // The result of a loop lies where the carried slot lies.
        Value owner = value.Is(Structure.Carried) ? value.Loop!.Carried[value.Loop.Results.IndexOf(value)] : value;
        bool canBeWritten = owner.Kernel is not null || owner.Is(Structure.Carry) || owner.Is(Structure.Stacked);
        canBeWritten &= owner.Storage == address.Buffer.Storage;
        if (canBeWritten && !plan.Addresses.ContainsKey(owner)) plan.Addresses[owner] = address;
        else plan.FinalCopies.Add(new(value, address, why));
    }

    /// <summary>The value that a reshape shows whole and in order; itself if it is no such view.</summary>
    static Value Whole(Value value) =>
        value.Kernel is null && value.Is(Primitives.Reshape)
            && value.Inputs[0].Layout is null ? Whole(value.Inputs[0]) : value;

    /// <summary>The value whose memory a view shows; a view of the whole, in order.</summary>
    static Value Stored(Value value) =>
        value.Op.Kind == PrimitiveKind.View && !value.IsStored ? Stored(value.Inputs[0]) : value;

    /// <summary>Carried slots, stacks, and what can be written straight into them.</summary>
    void PlaceLoopValues(Region region)
    {
        foreach (Loop loop in region.Values.Where(v => v.Is(Structure.Loop)).Select(v => v.Loop!))
        {
            var copies = plan.Copies[loop] = new LoopCopies();
            List<StackedValue> walked = [.. loop.Stacked.Where(s => TryWalk(loop, s, region, copies))];
            foreach (StackedValue stacked in loop.Stacked.Except(walked))
            {
                if (!plan.Addresses.ContainsKey(stacked.Outer)) plan.Addresses[stacked.Outer] = New(stacked.Outer,
                    region, "Layers");
                Address slot = plan.Addresses[stacked.Outer].Plus(new(loop, 0, stacked.Inner.Shape.Size));
                Value inner = stacked.Inner, written = Whole(inner);
                if (written.Kernel is not null && written.IsStored && written.Region == loop.Body
                    && written.Storage == stacked.Outer.Storage
                    && !plan.Addresses.ContainsKey(written)) plan.Addresses[written] = slot;
                else if (Stored(inner).Is(Structure.Carry)) copies.AtStart.Add(new(inner, slot,
                    "saved for the backward pass"));
                else copies.AtEnd.Add(new(inner, slot, "saved"));
            }
            for (int k = 0; k < loop.Carried.Count; k++)
                if (walked.All(w => w.Inner != loop.Carried[k])) PlaceSlot(loop, k, region, copies);
            // A slot that takes over another's value must see it before that one changes.
            List<Copy> swaps = [.. copies.AtEnd.Where(c => Stored(c.From).Is(Structure.Carry))];
            foreach (Copy swap in swaps.Where(s => Stored(s.From).Loop == loop))
            {
                var held = new Address(
                    NewBuffer(BufferNames.Of(swap.From) + "Held", swap.From.Shape, swap.From.Storage, loop.Body),
                    []);
                copies.AtStart.Add(new(swap.From, held, "held while slots change"));
                copies.AtEnd.Remove(swap);
                copies.AtEnd.Add(swap with { From = Hold(swap.From, held) });
            }
        }
    }

    /// <summary>
    /// A slot that is saved for the backward pass needs no memory of its own: it walks along its stack, where an
    /// iteration writes the next one's value behind its own, and the last one what the loop leaves.
    /// </summary>
    bool TryWalk(Loop loop, StackedValue stacked, Region region, LoopCopies copies)
    {
        int k = loop.Carried.IndexOf(stacked.Inner);
        if (k < 0 || loop.Reversed || !loop.Count.IsConstant) return false;
        (Value carry, Value yield, Value result) = (loop.Carried[k], loop.Yields[k], loop.Results[k]);
        bool isWritten = yield.Kernel is not null && yield.IsStored && yield.Region == loop.Body
            && yield.Layout is null && yield.Storage == carry.Storage && loop.Yields.Count(y => y == yield) == 1
            && loop.Yields.All(y => y == yield || Stored(y) != carry)
            && loop.Stacked.All(s => s == stacked || s.Inner != carry && Whole(s.Inner) != yield);
        if (!isWritten || stacked.Outer.Storage != carry.Storage
            || new[] { carry, yield, result, stacked.Outer }.Any(plan.Addresses.ContainsKey)) return false;
        Dim stride = carry.Shape.Size;
        int count = (int)loop.Count.Constant;
        var slots = new Shape([count + 1, .. carry.Shape.Dims]);
        var start = new Address(NewBuffer(BufferNames.Of(stacked.Outer) + "Layers", slots, carry.Storage, region), []);
        plan.Addresses[stacked.Outer] = start;
        plan.Addresses[carry] = start.Plus(new(loop, 0, stride));
        plan.Addresses[yield] = start.Plus(new(loop, 1, stride));
        plan.Addresses[result] = start.Plus(new(null, count, stride) { After = loop });
        PlaceInitial(loop, k, region, start, copies);
        return true;
    }

    /// <summary>The first iteration's value: made where it is read, or copied there.</summary>
    void PlaceInitial(Loop loop, int k, Region region, Address slot, LoopCopies copies)
    {
        (Value initial, Value carry) = (loop.Initial[k], loop.Carried[k]);
        bool isOurs = initial.Region == region && initial.Kernel is not null && initial.IsStored
            && readers[initial].Count == 1 && initial.Storage == carry.Storage
            && !graph.Results.Contains(initial) && !plan.Addresses.ContainsKey(initial);
        if (isOurs) plan.Addresses[initial] = slot;
        else copies.Before.Add(new(initial, slot, "before the first iteration"));
    }

    /// <summary>A stand-in for a value that has been copied elsewhere.</summary>
    Value Hold(Value value, Address held)
    {
        var stand = new Value(graph.NextId++, Structure.Carry, value.Shape, value.Type, value.Region, [],
            OperationAttributes.None) { Name = value.Name, Loop = value.Loop, Storage = value.Storage };
        plan.Addresses[stand] = held;
        return stand;
    }

    void PlaceSlot(Loop loop, int k, Region region, LoopCopies copies)
    {
        Value carry = loop.Carried[k], yield = loop.Yields[k];
        if (!plan.Addresses.ContainsKey(carry)) plan.Addresses[carry] = New(carry, region, "");
        Address slot = plan.Addresses[carry];
        PlaceInitial(loop, k, region, slot, copies);
        if (yield == carry) return;
        if (CanOverwrite(loop, carry, yield)) plan.Addresses[yield] = slot;
        else copies.AtEnd.Add(new(yield, slot, "for the next iteration"));
    }

    /// <summary>
    /// Whether the next iteration's value can be written over this iteration's: nobody reads the old one afterwards.
    /// </summary>
    bool CanOverwrite(Loop loop, Value carry, Value yield)
    {
        if (yield.Kernel is not { } kernel || !yield.IsStored || yield.Region != loop.Body
            || yield.Storage != carry.Storage
            || plan.Addresses.ContainsKey(yield)) return false;
        if (loop.Yields.Count(y => y == yield) > 1 || yield.Layout is not null
            || loop.Yields.Any(y => y != yield && Stored(y) == carry)) return false;
        foreach (Value reader in ReadersThroughViews(carry))
        {
            if (reader.Is(Structure.Loop) && reader.Loop == loop) continue;
            int step = reader.Is(Structure.Loop) ? schedule.Of(reader) : StepIn(loop.Body, reader);
            if (step > schedule.Of(yield)) return false;
        }
        Buffer slot = plan.Addresses[carry].Buffer;
        // A product's tiles need memory in which nothing lies that its kernel reads.
        if (kernel.Kind == KernelKind.MatMul && kernel.Outputs.All(o => o == yield || loop.Yields.Contains(o))
            && loop.Body.Values.Where(v => v.Kernel == kernel).SelectMany(v => v.Inputs)
                .Any(i => i.Kernel != kernel && plan.BufferOf(Strided.Of(i)?.Base ?? i) == slot)) return false;
        return InStep.IsProved(kernel, yield, v => plan.BufferOf(v) == slot);
    }

    IEnumerable<Value> ReadersThroughViews(Value value)
    {
        if (!readers.TryGetValue(value, out List<Value>? list)) yield break;
        foreach (Value reader in list)
            if (reader.Op.Kind == PrimitiveKind.View && reader.Kernel is null || reader.Is(Structure.At))
                foreach (Value further in ReadersThroughViews(reader)) yield return further;
            else yield return reader;
    }

    /// <summary>The step of a reader, or of the loop around it that stands in a region.</summary>
    int StepIn(Region region, Value reader)
    {
        (int _, int last) = schedule.Seen(schedule.Of(reader), reader.Region, region);
        return last;
    }

    void PlaceStored(Region region)
    {
        foreach (Value value in region.Values)
            if (value.Kernel is not null && value.IsStored && !plan.Addresses.ContainsKey(value))
                plan.Addresses[value] = New(value, region, "");
    }

    Address New(Value value, Region region, string suffix) =>
        new(NewBuffer(BufferNames.Of(value) + suffix, value.Shape, value.Storage, region), []);

    Buffer NewBuffer(string name, Shape shape, StorageType storage, Region region)
    {
        string unique = name;
        for (int i = 2; !names.Add(unique); i++) unique = name + i;
        var buffer = new Buffer(BufferKind.Arena, unique, shape, storage) { Frame = region };
        arena.Add(buffer);
        return buffer;
    }

    void FindLifetimes()
    {
        foreach (Region region in graph.AllRegions())
            foreach (Value value in region.Values)
            {
                int step = schedule.Of(value);
                if (plan.Addresses.TryGetValue(value, out Address? address)) Touch(address.Buffer, step, region);
                foreach (Value input in value.Inputs) Touch(input, step, region);
                if (!value.Is(Structure.Loop)) continue;
                Loop loop = value.Loop!;
                LoopCopies copies = plan.Copies[loop];
                foreach (Value carry in loop.Carried)
                {
                    Touch(carry, schedule.First(loop), region);
                    Touch(carry, schedule.End(loop), region);
                }
                TouchCopies(copies.Before, schedule.First(loop), region);
                TouchCopies(copies.AtStart, schedule.First(loop), loop.Body);
                TouchCopies(copies.AtEnd, schedule.End(loop), loop.Body);
            }
        foreach (Value result in graph.Results) Touch(result, schedule.Last, graph.Root);
        TouchCopies(plan.FinalCopies.Concat(plan.StateCopies), schedule.Last, graph.Root);
    }

    void TouchCopies(IEnumerable<Copy> copies, int step, Region region)
    {
        foreach (Copy copy in copies)
        {
            Touch(copy.From, step, region);
            Touch(copy.To.Buffer, step, region);
        }
    }

    void Touch(Value value, int step, Region region)
    {
        if (value.Op.Kind == PrimitiveKind.Source && value.Kernel is null || value.Kernel is not null
            && !value.IsStored || value.Is(Structure.Loop)) return;
        if (value.Op.Kind == PrimitiveKind.View && value.Kernel is null && value.Inputs.Length == 0) return;
        Touch(plan.AddressOf(value).Buffer, step, region);
    }

    void Touch(Buffer buffer, int step, Region region)
    {
        if (buffer.Frame is not { } frame) return;
        (int first, int last) = schedule.Seen(step, region, frame);
        if (first < buffer.Start) buffer.Start = first;
        if (last > buffer.End) buffer.End = last;
    }

    /// <summary>
    /// A result takes over the memory of what dies in its kernel, where the kernel reads and writes it in step.
    /// </summary>
    void ReuseInPlace()
    {
        var replaced = new Dictionary<Buffer, Buffer>();
        Buffer Resolve(Buffer buffer) => replaced.TryGetValue(buffer, out Buffer? by) ? Resolve(by) : buffer;
        Buffer? In(Value value) => plan.BufferOf(value) is { } buffer ? Resolve(buffer) : null;
        foreach (Value value in graph.Root.AllValues())
        {
            if (value.Kernel is not { Kind: KernelKind.Elementwise or KernelKind.Rows or KernelKind.MatMul } kernel
                || !value.IsStored || value.Layout is not null || plan.Addresses[value].Terms.Count > 0) continue;
            Buffer own = Resolve(plan.Addresses[value].Buffer);
            if (own.Kind != BufferKind.Arena || own.Start != schedule.Of(value)) continue;
            List<Buffer> read = [.. value.Region.Values.Where(v => v.Kernel == kernel).SelectMany(v => v.Inputs)
                .Where(i => i.Kernel != kernel).Select(i => In(Strided.Of(i)?.Base ?? i)).OfType<Buffer>().Distinct()];
            // A product's tiles need memory of their own: see Lowering.
            if (kernel.Kind == KernelKind.MatMul
                && kernel.Outputs.All(o => o == value || read.Contains(In(o)!))) continue;
            Buffer? old = read.FirstOrDefault(b => b != own && b.Kind == BufferKind.Arena && b.Frame == own.Frame
                && b.End == own.Start && b.Shape.Size == own.Shape.Size && IsAlike(b.Storage, own.Storage)
                && InStep.IsProved(kernel, value, v => In(v) == b));
            if (old is null) continue;
            old.End = own.End;
            replaced[own] = old;
        }
        arena.RemoveAll(replaced.ContainsKey);
        Address Moved(Address address) => address with { Buffer = Resolve(address.Buffer) };
        foreach (Value value in plan.Addresses.Keys.ToList()) plan.Addresses[value] = Moved(plan.Addresses[value]);
        foreach (List<Copy> copies in plan.Copies.Values.SelectMany(c => new[] { c.Before, c.AtStart, c.AtEnd }))
            for (int i = 0; i < copies.Count; i++) copies[i] = copies[i] with { To = Moved(copies[i].To) };
    }

    /// <summary>Whether elements have the same places: integers and fp32 have, and each low type for itself.</summary>
    static bool IsAlike(StorageType a, StorageType b) => a == b || a.Bytes() == 4 && b.Bytes() == 4;

    /// <summary>Largest first, each at the lowest place free during its life.</summary>
    void Pack()
    {
        var placed = new List<Buffer>();
        foreach (Buffer buffer in arena.OrderByDescending(b => b.Words).ThenBy(b => b.Start)
            .ThenBy(b => b.Name, System.StringComparer.Ordinal))
        {
            long offset = 0;
            foreach (Buffer other in placed.Where(o => o.Start <= buffer.End && buffer.Start <= o.End)
                .OrderBy(o => o.Offset))
            {
                if (offset + buffer.Words <= other.Offset) break;
                offset = System.Math.Max(offset, other.Offset + Aligned(other.Words));
            }
            buffer.Offset = offset;
            placed.Add(buffer);
            plan.ArenaLength = System.Math.Max(plan.ArenaLength, offset + Aligned(buffer.Words));
        }
        plan.Buffers.AddRange(placed.OrderBy(b => b.Offset).ThenBy(b => b.Start));
    }

    static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
