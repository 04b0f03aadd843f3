using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>
/// The text form of a memory plan: the schedule with its copies, then every buffer with what it holds in turn. Lengths
/// and offsets are in words of four bytes.
/// <code>
/// schedule {
///   5 k3 rows: n9 -> Hidden
/// }
/// arena 1024 {
///   Hidden at 0: B * 32, 4096 bytes at most, steps 3 to 9
///     3 n7 f32[B, 32]
///     5 n9 f32[B, 32] in place of n7
/// }
/// </code>
/// </summary>
sealed class PlanPrinter
{
    readonly StringBuilder text = new();
    readonly Graph graph;
    readonly MemoryPlan plan;
    readonly Schedule schedule;
    readonly Dictionary<Buffer, List<Value>> holders;

    PlanPrinter(Graph graph, MemoryPlan plan)
    {
        (this.graph, this.plan, schedule) = (graph, plan, new Schedule(graph));
        holders = plan.Addresses.Where(p => p.Key.Region.Values.Contains(p.Key)).GroupBy(p => p.Value.Buffer)
            .ToDictionary(g => g.Key, g => g.Select(p => p.Key).OrderBy(First).ThenBy(schedule.Of).ThenBy(v => v.Id)
                .ToList());
    }

    public static string Print(Graph graph, MemoryPlan plan)
    {
        var printer = new PlanPrinter(graph, plan);
        printer.Whole();
        return printer.text.ToString();
    }

    /// <summary>
    /// The step at which something is first written there for a value: a stack's is its loop's first.
    /// </summary>
    int First(Value value) => value.Is(Structure.Stacked) ? schedule.First(value.Loop!)
        : value.Is(Structure.Carry) ? schedule.First(value.Region.Owner!) : schedule.Of(value);

    void Whole()
    {
        Line(0, $"plan {graph.Name}");
        Line(0, "schedule {");
        Region(graph.Root, 1);
        foreach (Copy copy in plan.FinalCopies.Concat(plan.StateCopies)) Copy(copy, schedule.Last, "at the end", 1);
        Line(0, "}");
        Line(0, $"arena {Number(plan.ArenaLength)} {{");
        foreach (Buffer buffer in plan.Buffers) Buffer(buffer);
        Line(0, "}");
        Line(0, $"parameters {Number(plan.ParameterLength)} {{");
        foreach (Value parameter in graph.Parameters) Buffer(plan.Parameters[parameter]);
        Line(0, "}");
        foreach (BufferKind kind in new[] { BufferKind.Gradient, BufferKind.Output })
        {
            Buffer[] buffers = [.. holders.Keys.Where(b => b.Kind == kind).OrderBy(b => b.Offset)
                .ThenBy(b => b.Name, System.StringComparer.Ordinal)];
            if (buffers.Length == 0) continue;
            Line(0, kind == BufferKind.Gradient ? "gradients {" : "results {");
            foreach (Buffer buffer in buffers) Buffer(buffer);
            Line(0, "}");
        }
    }

    void Region(Region region, int depth)
    {
        Kernel? kernel = null;
        for (int i = 0; i < region.Values.Count; i++)
        {
            Value value = region.Values[i];
            if (region == graph.Root && i == graph.ForwardCount) Line(depth, "--- backward");
            if (value.Is(Structure.Loop)) Loop(value.Loop!, depth);
            else if (value.Kernel is { } begun && begun != kernel)
                Line(depth, $"{Number(schedule.Of(value))} k{Number(begun.Id)} " +
                    $"{begun.Kind.ToString().ToLowerInvariant()}: "
                    + string.Join(", ", begun.Outputs.Select(o => $"{Name(o)} -> {Place(plan.AddressOf(o))}")));
            kernel = value.Kernel;
        }
    }

    void Loop(Loop loop, int depth)
    {
        LoopCopies copies = plan.Copies[loop];
        foreach (Copy copy in copies.Before) Copy(copy, schedule.First(loop), "before", depth);
        Line(depth, $"{Number(schedule.First(loop))} loop {Name(loop.Node)}: {loop.Count} times {loop.Index}"
            + $"{(loop.Reversed ? " reversed" : "")} {{");
        foreach (Copy copy in copies.AtStart) Copy(copy, schedule.First(loop), "at start", depth + 1);
        Region(loop.Body, depth + 1);
        foreach (Copy copy in copies.AtEnd) Copy(copy, schedule.End(loop), "at end", depth + 1);
        Line(depth, $"}} {Number(schedule.End(loop))}");
    }

    void Copy(Copy copy, int step, string when, int depth) =>
        Line(depth, $"{Number(step)} copy {Name(copy.From)} in {Place(plan.AddressOf(copy.From))} -> {Place(copy.To)} "
            + $"{when}: {copy.Why}");

    void Buffer(Buffer buffer)
    {
        string bytes = buffer.Bytes.ToString(CultureInfo.InvariantCulture);
        string life = buffer.Kind == BufferKind.Arena
            ? $", steps {Number(buffer.Start)} to {Number(buffer.End)}{Frame(buffer)}" : "";
        string place = buffer.Kind == BufferKind.Output ? "" : $" at {Number(buffer.Offset)}";
        Line(1, $"{buffer.Name}{place}: {buffer.Shape.Size}, {bytes} bytes at most{life}");
        if (buffer.Kind == BufferKind.Parameter || !holders.TryGetValue(buffer, out List<Value>? held)) return;
        foreach (Value value in held)
        {
            string name = value.Name.Length > 0 ? $" \"{value.Name}\"" : "";
            Line(2, $"{Number(First(value))} {Name(value)}{name} {value.Storage.Text()}{value.Shape}"
                + $"{Terms(plan.Addresses[value])}{Role(value, held)}");
        }
    }

    static string Frame(Buffer buffer) => buffer.Frame?.Owner is { } loop ? $", in {Name(loop.Node)}'s frame" : "";

    /// <summary>Why a value lies where others do: what it is to its loop, and what its kernel reads there.</summary>
    string Role(Value value, List<Value> held)
    {
        if (value.Is(Structure.Stacked)) return $", stack of {Name(value.Loop!.Node)}";
        if (value.Is(Structure.Carry)) return $", slot {Number(value.Loop!.Carried.IndexOf(value))} of " +
            $"{Name(value.Loop.Node)}";
        string role = "";
        foreach (Loop loop in value.Region.Values.Where(v => v.Is(Structure.Loop)).Select(v => v.Loop!))
            for (int k = 0; k < loop.Initial.Count; k++)
                if (loop.Initial[k] == value && held.Contains(loop.Carried[k]))
                    role += $", start of slot {Number(k)} of {Name(loop.Node)}";
        if (value.Region.Owner is { } around)
            for (int k = 0; k < around.Yields.Count; k++)
                if (around.Yields[k] == value
                    && held.Contains(around.Carried[k])) role += $", next of slot {Number(k)}";
        Value[] over = [.. value.Region.Values.Where(v => v.Kernel is not null && v.Kernel == value.Kernel)
            .SelectMany(v => v.Inputs).Where(i => i.Kernel != value.Kernel || i.Kernel is null).Select(Shown)
            .Where(v => v != value && held.Contains(v) && plan.Addresses[v].Terms.Count == 0).Distinct()];
        return over.Length == 0 ? role : $"{role}, in place of {string.Join(", ", over.Select(Name))}";
    }

    /// <summary>The value whose memory is read through views.</summary>
    static Value Shown(Value value) =>
        value.Op.Kind == PrimitiveKind.View && !value.IsStored && value.Inputs.Length > 0 ? Shown(value.Inputs[0])
        : value.Is(Structure.Carried) ? value.Loop!.Carried[value.Loop.Results.IndexOf(value)] : value;

    static string Place(Address address) => (address.Buffer.Kind switch
    {
        BufferKind.Parameter => "parameter ",
        BufferKind.Gradient => "gradient ",
        BufferKind.Output => "result ",
        BufferKind.Input => "argument ",
        _ => "",
    }) + address.Buffer.Name + Terms(address);

    static string Terms(Address address) => string.Concat(address.Terms.Select(t =>
        $" + {Index(t)} * ({t.Stride})"));

    static string Index(LoopTerm term) => term.Loop is null ? Number(term.Place)
        : term.Place == 0 ? term.Loop.Index : $"({term.Loop.Index} + {Number(term.Place)})";

    static string Name(Value value) => "n" + Number(value.Id);

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    void Line(int depth, string line) => text.Append(' ', depth * 2).Append(line.TrimEnd()).Append('\n');
}
