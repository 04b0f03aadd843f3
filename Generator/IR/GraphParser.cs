using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.IR;

/// <summary>Reads the text form that <see cref="GraphPrinter"/> writes; the grammar is in README.md.</summary>
sealed partial class GraphParser
{
    readonly MirReader reader;
    readonly Graph graph;
    readonly Dictionary<int, Value> values = [];
    readonly Dictionary<string, DimSymbol> dims = new(StringComparer.Ordinal);
    readonly Dictionary<int, StackScope> scopes = [];
    readonly Dictionary<int, Kernel> kernels = [];
    readonly List<(Kernel Kernel, int Place, Value Value)> outputs = [];

    GraphParser(string text)
    {
        reader = new MirReader(text);
        reader.Expect("graph");
        graph = new Graph(reader.Path());
    }

    /// <exception cref="FormatException">The message names line, expectation and what stands there.</exception>
    public static Graph Parse(string text) => new GraphParser(text).Whole();

    Graph Whole()
    {
        reader.Expect("next");
        graph.NextId = reader.Integer();
        reader.Expect("{");
        Declarations();
        Region(graph.Root);
        reader.Expect("return");
        graph.Results.AddRange(Names());
        while (reader.Take("gradient"))
        {
            Value parameter = Known();
            reader.Expect("=");
            if (graph.Gradients.ContainsKey(parameter))
                throw reader.Wrong($"one gradient of n{Text(parameter.Id)}, not two");
            graph.Gradients.Add(parameter, Known());
        }
        while (reader.Take("state"))
        {
            Value state = Known();
            reader.Expect("=");
            if (graph.NewStates.ContainsKey(state)) throw reader.Wrong($"one state n{Text(state.Id)}, not two");
            graph.NewStates.Add(state, Known());
        }
        reader.Expect("}");
        reader.End();
        LinkLoops();
        foreach ((Kernel kernel, _, Value value) in outputs.OrderBy(o => o.Place)) kernel.Outputs.Add(value);
        return graph;
    }

    void Declarations()
    {
        while (reader.Take("dim"))
        {
            string name = reader.Word();
            int min = reader.Integer();
            reader.Expect("to");
            int max = reader.Integer();
            reader.Expect("multiple");
            var symbol = new DimSymbol(name, min, max, reader.Integer());
            Declare(dims, name, symbol, $"dim {name}");
            graph.Dims.Add(symbol);
        }
        while (reader.Take("repeat"))
        {
            int id = reader.Numbered('s');
            Declare(scopes, id, new StackScope(reader.Integer(), reader.Quoted()), $"repeat s{Text(id)}");
        }
        while (reader.Take("kernel"))
        {
            int id = reader.Numbered('k');
            string kind = reader.Word();
            // By name only: TryParse takes numbers as well.
            if (!Enum.IsDefined(typeof(KernelKind), kind) || !Enum.TryParse(kind, out KernelKind parsed))
            {
                string kinds = string.Join(", ", Enum.GetNames(typeof(KernelKind)));
                throw reader.Wrong($"a kind of kernel ({kinds}) instead of {kind}");
            }
            Declare(kernels, id, new Kernel(id, parsed, Shape()) { Name = reader.Quoted() }, $"kernel k{Text(id)}");
        }
    }

    void Declare<TKey, T>(Dictionary<TKey, T> table, TKey key, T declared, string what) where TKey : notnull
    {
        if (table.ContainsKey(key)) throw reader.Wrong($"one {what}, not two");
        table.Add(key, declared);
    }

    void Region(Region region)
    {
        while (true)
        {
            if (region == graph.Root && reader.Take("---"))
            {
                reader.Expect("backward");
                if (graph.ForwardCount >= 0) throw reader.Wrong("one line --- backward, not two");
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
        if (values.ContainsKey(id)) throw reader.Wrong($"a number other than n{Text(id)}, which is taken");
        string name = reader.IsQuoted ? reader.Quoted() : "";
        reader.Expect("=");
        string op = reader.Word();
        Primitive primitive = PrimitiveTable.Find(op) ?? throw reader.Wrong($"an operation instead of {op}");
        if (primitive == Structure.Loop)
        {
            LoopLine(region, id, name);
            return;
        }
        Value[] inputs = [];
        OperationAttributes attributes = OperationAttributes.None;
        ParameterInitializer? initializer = null;
        Loop? loop = primitive == Structure.At ? region.Owner : null;
        int slot = -1;
        if (primitive == Structure.Carry)
        {
            slot = reader.Integer();
            loop = region.Owner ?? throw reader.Wrong("a carry inside a loop, not outside");
        }
        else if (primitive == Structure.Carried || primitive == Structure.Stacked)
        {
            if (primitive == Structure.Carried) slot = reader.Integer();
            reader.Expect("of");
            inputs = [Known()];
            loop = inputs[0].Loop;
            if (!inputs[0].Is(Structure.Loop)) throw reader.Wrong($"a loop instead of n{Text(inputs[0].Id)}");
        }
        else if (primitive == Structure.Parameter) initializer = new ParameterInitializer(reader.Word(), reader.Real());
        else
        {
            reader.Expect("(");
            inputs = reader.Take(")") ? [] : Arguments();
            attributes = Attributes();
        }
        (ElementType type, Shape shape) = TypeAndShape();
        Value value = new(id, primitive, shape, type, region, inputs, attributes)
        {
            Name = name, Initializer = initializer, Loop = loop,
        };
        Add(value);
        if (primitive == Structure.Carry) Place(loop!, loop!.Carried, slot, value);
        if (primitive == Structure.Carried) Place(loop!, loop!.Results, slot, value);
        if (primitive == Structure.Input) graph.Inputs.Add(value);
        if (primitive == Structure.Parameter) graph.Parameters.Add(value);
        Tail(value);
    }

    void Add(Value value)
    {
        values.Add(value.Id, value);
        value.Region.Values.Add(value);
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

    /// <summary>What may stand behind type and shape.</summary>
    void Tail(Value value)
    {
        if (reader.Take("as"))
        {
            string storage = reader.Word();
            value.Storage = StorageTypes.Parse(storage)
                ?? throw reader.Wrong($"a storage type (f32, bf16, f16, e4m3, e5m2) instead of {storage}");
        }
        if (reader.Take("precision")) value.Precision = Precision();
        value.NeedsGradient = reader.Take("grad");
        if (reader.Take("@")) value.Scope = reader.Path();
        if (reader.Take("layout")) value.Layout = reader.Integers();
        if (reader.Take("in"))
        {
            value.Kernel = Find(kernels, reader.Numbered('k'), "kernel", 'k');
            if (reader.Take("out")) outputs.Add((value.Kernel, reader.Integer(), value));
        }
        value.Source = reader.Comment();
    }

    PrecisionLevel Precision()
    {
        string level = reader.Word();
        if (Enum.IsDefined(typeof(PrecisionLevel), level) && Enum.TryParse(level, out PrecisionLevel parsed))
            return parsed;
        string levels = string.Join(", ", Enum.GetNames(typeof(PrecisionLevel)));
        throw reader.Wrong($"a precision ({levels}) instead of {level}");
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
                "rate" => attributes with { Rate = reader.Real() },
                "start" => attributes with { Start = reader.Dim(dims) },
                "window" => attributes with { Window = reader.Integers() },
                var other => throw reader.Wrong($"axes, number, start or window instead of {other}"),
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
        return values.TryGetValue(id, out Value? value)
            ? value
            : throw reader.Wrong($"a value that stands before instead of n{Text(id)}");
    }

    T Find<T>(Dictionary<int, T> table, int id, string what, char letter) =>
        table.TryGetValue(id, out T? found)
            ? found
            : throw reader.Wrong($"a declared {what} instead of {letter}{Text(id)}");

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
