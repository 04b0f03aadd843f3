using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>Reads the text form that <see cref="GraphPrinter"/> writes.</summary>
sealed class GraphParser
{
    readonly MirReader reader;
    readonly Dictionary<int, Value> values = [];
    readonly Dictionary<string, DimSymbol> dims = new(StringComparer.Ordinal);
    readonly Dictionary<int, StackScope> scopes = [];
    readonly Dictionary<int, Kernel> kernels = [];
    readonly List<(Kernel Kernel, int Place, Value Value)> outputs = [];
    Graph graph = null!;

    GraphParser(string text) => reader = new MirReader(text);

    /// <exception cref="FormatException">The text is no graph; the message names line and expectation.</exception>
    public static Graph Parse(string text) => new GraphParser(text).Whole();

    Graph Whole()
    {
        reader.Expect("graph");
        graph = new Graph(reader.Path());
        reader.Expect("next");
        graph.NextId = reader.Integer();
        reader.Expect("{");
        while (reader.Take("dim"))
        {
            string name = reader.Word();
            int min = reader.Integer();
            reader.Expect("to");
            int max = reader.Integer();
            reader.Expect("multiple");
            var symbol = new DimSymbol(name, min, max, reader.Integer());
            dims.Add(name, symbol);
            graph.Dims.Add(symbol);
        }
        while (reader.Take("repeat")) scopes.Add(reader.Numbered('s'),
            new StackScope(reader.Integer(), reader.Quoted()));
        while (reader.Take("kernel"))
        {
            int id = reader.Numbered('k');
            string kind = reader.Word();
            if (!Enum.TryParse(kind, out KernelKind parsed)) throw reader.Wrong($"a kind of kernel instead of {kind}");
            kernels.Add(id, new Kernel(id, parsed, Shape()) { Name = reader.Quoted() });
        }
        Region(graph.Root);
        reader.Expect("return");
        graph.Results.AddRange(Names());
        while (reader.Take("gradient"))
        {
            Value parameter = Known();
            reader.Expect("=");
            graph.Gradients.Add(parameter, Known());
        }
        reader.Expect("}");
        reader.End();
        foreach ((Kernel kernel, _, Value value) in outputs.OrderBy(o => o.Place)) kernel.Outputs.Add(value);
        return graph;
    }

    void Region(Region region)
    {
        while (true)
        {
            if (region == graph.Root && reader.Take("---"))
            {
                reader.Expect("backward");
                graph.ForwardCount = region.Values.Count;
                continue;
            }
            if (!reader.IsNumbered('n')) return;
            Line(region);
        }
    }

    void Line(Region region)
    {
        int id = reader.Numbered('n');
        string name = reader.IsQuoted ? reader.Quoted() : "";
        reader.Expect("=");
        string op = reader.Word();
        if (op == "loop")
        {
            LoopLine(region, id, name);
            return;
        }
        Value[] inputs = [];
        OperationAttributes attributes = OperationAttributes.None;
        ParameterInitializer? initializer = null;
        Loop? loop = null;
        int slot = -1;
        switch (op)
        {
            case "carry":
                slot = reader.Integer();
                loop = region.Owner ?? throw reader.Wrong("a carry inside a loop");
                break;
            case "carried":
                slot = reader.Integer();
                reader.Expect("of");
                inputs = [Known()];
                loop = inputs[0].Loop;
                break;
            case "stacked":
                reader.Expect("of");
                inputs = [Known()];
                loop = inputs[0].Loop;
                break;
            case "parameter":
                initializer = new ParameterInitializer(reader.Word(), reader.Real());
                break;
            default:
                reader.Expect("(");
                inputs = reader.Take(")") ? [] : Arguments();
                attributes = Attributes();
                break;
        }
        Primitive primitive = PrimitiveTable.Find(op) ?? throw reader.Wrong($"an operation instead of {op}");
        Value value = Create(region, id, name, primitive, inputs, attributes);
        value.Initializer = initializer;
        value.Loop = loop ?? (op == "at" ? region.Owner : null);
        if (op == "carry") Place(value.Loop!.Carried, slot, value);
        if (op == "carried") Place(value.Loop!.Results, slot, value);
        if (op == "input") graph.Inputs.Add(value);
        if (op == "parameter") graph.Parameters.Add(value);
        Tail(value);
    }

    static void Place(List<Value> slots, int slot, Value value)
    {
        while (slots.Count <= slot) slots.Add(null!);
        slots[slot] = value;
    }

    void LoopLine(Region region, int id, string name)
    {
        Dim count = reader.Dim(dims);
        reader.Expect("times");
        string index = reader.Word();
        var over = new List<StackScope>();
        if (reader.Take("over"))
            do over.Add(Find(scopes, reader.Numbered('s'), "repetition"));
            while (reader.Take(","));
        bool reversed = reader.Take("reversed");
        Loop? forward = null;
        if (reader.Take("gradient"))
        {
            reader.Expect("of");
            forward = Known().Loop;
        }
        var loop = new Loop(count, reversed, forward) { Index = index };
        loop.Scopes.AddRange(over);
        reader.Expect("from");
        reader.Expect("(");
        if (!reader.Take(")")) loop.Initial.AddRange(Arguments());
        (ElementType type, Shape shape) = TypeAndShape();
        loop.Node = new Value(id, Structure.Loop, shape, type, region, [], OperationAttributes.None) { Name = name,
            Loop = loop };
        values.Add(id, loop.Node);
        region.Values.Add(loop.Node);
        Tail(loop.Node, hasType: true);
        loop.Body = new Region(region, loop);
        reader.Expect("{");
        Region(loop.Body);
        reader.Expect("yield");
        if (reader.IsNumbered('n')) loop.Yields.AddRange(Names());
        while (reader.Take("stack"))
        {
            Value inner = Known();
            reader.Expect("to");
            // The stack stands behind the loop: it is linked when it is read.
            pendingStacks.Add(reader.Numbered('n'), (loop, inner, loop.Stacked.Count));
            loop.Stacked.Add(null!);
        }
        reader.Expect("}");
    }

    readonly Dictionary<int, (Loop Loop, Value Inner, int Place)> pendingStacks = [];

    Value Create(Region region, int id, string name, Primitive op, Value[] inputs, OperationAttributes attributes)
    {
        (ElementType type, Shape shape) = TypeAndShape();
        var value = new Value(id, op, shape, type, region, inputs, attributes) { Name = name };
        if (values.ContainsKey(id)) throw reader.Wrong($"a number other than n{id}, which is taken");
        values.Add(id, value);
        region.Values.Add(value);
        if (pendingStacks.TryGetValue(id,
            out var stack)) stack.Loop.Stacked[stack.Place] = new StackedValue(stack.Inner, value);
        return value;
    }

    (ElementType, Shape) TypeAndShape()
    {
        reader.Expect(":");
        string type = reader.Word();
        return (type switch
        {
            "f32" => ElementType.Float32,
            "i32" => ElementType.Int32,
            "bool" => ElementType.Boolean,
            _ => throw reader.Wrong($"f32, i32 or bool instead of {type}"),
        }, Shape());
    }

    void Tail(Value value, bool hasType = false)
    {
        _ = hasType;
        value.NeedsGradient = reader.Take("grad");
        if (reader.Take("@")) value.Scope = reader.Path();
        if (reader.Take("layout")) value.Layout = reader.Integers();
        if (reader.Take("in"))
        {
            value.Kernel = Find(kernels, reader.Numbered('k'), "kernel");
            if (reader.Take("out")) outputs.Add((value.Kernel, reader.Integer(), value));
        }
        value.Source = reader.Comment();
    }

    OperationAttributes Attributes()
    {
        if (!reader.Take("{")) return OperationAttributes.None;
        OperationAttributes attributes = new();
        do
            attributes = reader.Word() switch
            {
                "axes" => attributes with { Axes = reader.Integers() },
                "number" => attributes with { Number = reader.Real() },
                "start" => attributes with { Start = reader.Dim(dims) },
                var other => throw reader.Wrong($"axes, number or start instead of {other}"),
            };
        while (reader.Take(","));
        reader.Expect("}");
        return attributes;
    }

    Shape Shape()
    {
        reader.Expect("[");
        if (reader.Take("]")) return new Shape();
        var lengths = new List<Dim>();
        do lengths.Add(reader.Dim(dims));
        while (reader.Take(","));
        reader.Expect("]");
        return new Shape([.. lengths]);
    }

    Value[] Arguments()
    {
        Value[] arguments = [.. Names()];
        reader.Expect(")");
        return arguments;
    }

    List<Value> Names()
    {
        var names = new List<Value>();
        do names.Add(Known());
        while (reader.Take(","));
        return names;
    }

    Value Known()
    {
        int id = reader.Numbered('n');
        return values.TryGetValue(id, out Value? value) ? value
            : throw reader.Wrong($"a value that stands before instead of n{id.ToString(CultureInfo.InvariantCulture)}");
    }

    T Find<T>(Dictionary<int, T> table, int id, string what) =>
        table.TryGetValue(id, out T? found) ? found
            : throw reader.Wrong($"a declared {what} instead of {id.ToString(CultureInfo.InvariantCulture)}");
}
