using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.IR;

/// <summary>
/// The text form of a graph (<c>.mir</c>): complete at every stage, the same on every machine, and read back by
/// <see cref="GraphParser"/>.
/// One value a line:
/// <code>
/// n9 "x" = add(n7, n8) : f32[B, T, 128] grad @blocks.up layout [0, 2, 1] in k3 out 0 ; x + up.Forward(x)
/// </code>
/// number, name, operation with inputs and attributes, type and shape, then only what applies: whether a gradient
/// flows, the layer, the order of axes in memory, the kernel and as which of its outputs it writes this value, and the
/// user's words. A graph that a pass has broken prints as well, with ? for what is missing: its text is for reports.
/// </summary>
sealed class GraphPrinter
{
    readonly StringBuilder text = new();
    readonly Graph graph;
    readonly List<StackScope> scopes = [];

    GraphPrinter(Graph graph) => this.graph = graph;

    public static string Print(Graph graph)
    {
        var printer = new GraphPrinter(graph);
        printer.Whole();
        return printer.text.ToString();
    }

    void Whole()
    {
        Line(0, $"graph {Path(graph.Name)} next {Number(graph.NextId)} {{");
        foreach (DimSymbol dim in graph.Dims)
            Line(1, $"dim {dim.Name} {Number(dim.Min)} to {Number(dim.Max)} multiple {Number(dim.Multiple)}");
        foreach (Value loop in graph.Root.AllValues().Where(v => v.Is(Structure.Loop)))
            foreach (StackScope scope in loop.Loop!.Scopes.Where(s => !scopes.Contains(s)))
            {
                Line(1, $"repeat s{Number(scopes.Count)} {Number(scope.Count)} {Quoted(scope.Path)}");
                scopes.Add(scope);
            }
        foreach (Kernel kernel in graph.Root.AllValues().Select(v => v.Kernel).OfType<Kernel>().Distinct())
            Line(1, $"kernel k{Number(kernel.Id)} {kernel.Kind} {kernel.Space} {Quoted(kernel.Name)}");
        Region(graph.Root, 1);
        Line(1, "return " + Names(graph.Results));
        foreach (Value parameter in graph.Parameters.Where(graph.Gradients.ContainsKey))
            Line(1, $"gradient {Name(parameter)} = {Name(graph.Gradients[parameter])}");
        foreach (Value state in graph.Parameters.Where(graph.NewStates.ContainsKey))
            Line(1, $"state {Name(state)} = {Name(graph.NewStates[state])}");
        Line(0, "}");
    }

    void Region(Region region, int depth)
    {
        for (int i = 0; i < region.Values.Count; i++)
        {
            if (region == graph.Root && i == graph.ForwardCount) Line(depth, "--- backward");
            Value(region.Values[i], depth);
        }
        if (region == graph.Root && graph.ForwardCount == region.Values.Count) Line(depth, "--- backward");
    }

    void Value(Value value, int depth)
    {
        string head = $"{Name(value)}{(value.Name.Length > 0 ? " " + Quoted(value.Name) : "")} = ";
        string tail = Tail(value);
        if (!value.Is(Structure.Loop))
        {
            Line(depth, head + Operation(value) + tail);
            return;
        }
        Loop loop = value.Loop!;
        var header = new StringBuilder($"loop {loop.Count} times {Path(loop.Index)}");
        if (loop.Scopes.Count > 0)
            header.Append(" over ").Append(string.Join(", ", loop.Scopes.Select(s => "s" + Number(scopes.IndexOf(s)))));
        if (loop.Reversed) header.Append(" reversed");
        if (loop.Forward is { } forward) header.Append(" gradient of ").Append(Name(forward.Node));
        header.Append(" from (").Append(Names(loop.Initial)).Append(')');
        // A comment runs to the end of its line, so the brace of a commented loop stands on the next.
        if (Source(value).Length == 0) Line(depth, head + header + tail + " {");
        else
        {
            Line(depth, head + header + tail);
            Line(depth, "{");
        }
        Region(loop.Body, depth + 1);
        Line(depth + 1, "yield " + Names(loop.Yields));
        foreach (StackedValue stacked in loop.Stacked)
            Line(depth + 1, $"stack {Name(stacked.Inner)} to {Name(stacked.Outer)}");
        Line(depth, "}");
    }

    string Operation(Value value)
    {
        if (value.Is(Structure.Carry)) return $"carry {Slot(value.Loop?.Carried, value)}";
        if (value.Is(Structure.Carried))
            return $"carried {Slot(value.Loop?.Results, value)} of {Name(value.Loop?.Node)}";
        if (value.Is(Structure.Stacked)) return $"stacked of {Name(value.Loop?.Node)}";
        if (value.Initializer is { } initializer)
            return $"parameter {initializer.Distribution} {CSharpLiteral.Number(initializer.Scale)}";
        OperationAttributes a = value.Attributes;
        var attributes = new List<string>();
        if (a.Axes.Length > 0) attributes.Add($"axes {List(a.Axes)}");
        if (a.Number != 0 || value.Is(Primitives.Constant)) attributes.Add("number " + CSharpLiteral.Number(a.Number));
        if (a.Rate != 0) attributes.Add("rate " + CSharpLiteral.Number(a.Rate));
        if (a.Start != 0) attributes.Add($"start {a.Start}");
        if (a.Window.Length > 0) attributes.Add($"window {List(a.Window)}");
        string braces = attributes.Count > 0 ? $" {{ {string.Join(", ", attributes)} }}" : "";
        return $"{value.Op.Name}({Names(value.Inputs)}){braces}";
    }

    static string Tail(Value value)
    {
        var tail = new StringBuilder($" : {Type(value.Type)}{value.Shape}");
        if (value.Storage != StorageTypes.Of(value.Type)) tail.Append(" as ").Append(value.Storage.Text());
        if (value.Precision != PrecisionLevel.Float32) tail.Append(" precision ").Append(value.Precision);
        if (value.NeedsGradient) tail.Append(" grad");
        if (value.Scope.Length > 0) tail.Append(" @").Append(Path(value.Scope));
        if (value.Layout is { } layout) tail.Append(" layout ").Append(List(layout));
        if (value.Kernel is { } kernel)
        {
            tail.Append(" in k").Append(Number(kernel.Id));
            if (kernel.Outputs.Contains(value)) tail.Append(" out ").Append(Number(kernel.Outputs.IndexOf(value)));
        }
        string source = Source(value);
        if (source.Length > 0) tail.Append(" ; ").Append(source);
        return tail.ToString();
    }

    public static string Type(ElementType type) => StorageTypes.Of(type).Text();

    /// <summary>On one line: a comment ends with it.</summary>
    static string Source(Value value) => value.Source.Replace("\r", "").Replace('\n', ' ').Trim();

    static string Slot(List<Value>? slots, Value value) =>
        slots is not null && slots.Contains(value) ? Number(slots.IndexOf(value)) : "?";

    static string List(IEnumerable<int> numbers) => $"[{string.Join(", ", numbers.Select(Number))}]";

    static string Names(IEnumerable<Value?> values) => string.Join(", ", values.Select(Name));

    static string Name(Value? value) => value is null ? "?" : "n" + Number(value.Id);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string Path(string path) => MirReader.IsPath(path) ? path : Quoted(path);

    static string Quoted(string name) => CSharpLiteral.String(name);

    void Line(int depth, string line) => text.Append(' ', depth * 2).Append(line.TrimEnd()).Append('\n');
}
