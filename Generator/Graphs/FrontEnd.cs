using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ModelCompiler.Declaration;
using ModelCompiler.Diagnostics;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>What the front end makes of a closure.</summary>
/// <param name="Entries">Recorded entry points; the loss twice, to be differentiated and to be evaluated.</param>
/// <param name="Findings">Mistakes and warnings, in order.</param>
/// <param name="IsCSharp">Whether all bodies are valid C#; if not, the C# compiler reports why.</param>
sealed record FrontEndResult(IReadOnlyList<RecordedEntry> Entries, IReadOnlyList<ModelDiagnostic> Findings,
    bool IsCSharp)
{
    public bool HasErrors => Findings.Any(f => Catalog.IsError(f.Id));

    /// <summary>Whether there is something to compile.</summary>
    public bool IsGood => IsCSharp && !HasErrors && Entries.Count > 0;
}

/// <summary>The half of the compiler that both hosts run: everything that can find a user's mistake.</summary>
static class FrontEnd
{
    public static FrontEndResult Run(Closure closure, CancellationToken cancellation = default)
    {
        ModelDeclaration root = closure.Root;
        var findings = new List<ModelDiagnostic>(root.Mistakes.Select(m =>
            new ModelDiagnostic(m.Id, root.FullName, m.Node, m.Message)));
        if (closure.ForeignVersion.Length > 0)
            findings.Add(new("MC0007", root.FullName, -1,
                $"{root.Name} holds a model of another assembly that was built with another version of ModelCompiler " +
                    $"({closure.ForeignVersion} instead of {DeclarationText.Version}): build that assembly again " +
                    "with this version"));
        if (!closure.IsRoot || closure.Declarations.Any(d => d.Mistakes.Count > 0)
            || findings.Count > 0) return new([], findings, true);
        Dictionary<string, DimSymbol> dims = root.Dims.ToDictionary(d => d.Name, d =>
            new DimSymbol(d.Name, d.Min, d.Max, d.Multiple));
        var entries = new List<RecordedEntry>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        Interpreter? first = null;
        Graph? firstGraph = null;
        var notes = new List<ModelDiagnostic>();
        bool isCSharp = true;
        foreach (MethodDeclaration method in root.Methods.Where(m => m.IsEntry).OrderByDescending(m => m.IsLoss))
            foreach (bool forTraining in method.IsLoss ? new[] { true, false } : [false])
            {
                cancellation.ThrowIfCancellationRequested();
                var graph = new Graph($"{root.Name}.{method.Name}");
                var recorder = new Recorder(graph) { IsTraining = forTraining };
                using (Recorder.Use(recorder))
                {
                    var interpreter = new Interpreter(closure.Declarations, recorder, findings);
                    Record(interpreter, recorder, graph, root, method, dims, findings);
                    isCSharp &= !interpreter.IsInvalidCSharp;
                    notes.AddRange(interpreter.Notes.Except(notes));
                    if (findings.Count > 0 || !isCSharp) continue;
                    first ??= interpreter;
                    firstGraph ??= graph;
                    used.UnionWith(UsedParameters(graph));
                    IReadOnlyList<string> taps = forTraining ? TapValues.Run(graph, recorder, root, findings) : [];
                    entries.Add(new RecordedEntry(method.Name, forTraining, graph, recorder)
                    {
                        Metrics = method.Metrics,
                        Taps = taps,
                    });
                }
            }
        if (!isCSharp) return new([], [], false);
        if (findings.Count > 0) return new([], findings, true);
        if (first is not null) CheckParameters(first, firstGraph!, used, entries.FirstOrDefault(e => e.IsLoss),
            findings);
        if (first is not null)
            notes.AddRange(CheckPrecision.Run(first.PrecisionFields, [.. entries.Select(e => e.Graph)]));
        return new(entries, [.. findings, .. notes], true);
    }

    static void Record(
        Interpreter interpreter, Recorder recorder, Graph graph, ModelDeclaration root, MethodDeclaration method,
        Dictionary<string, DimSymbol> dims, List<ModelDiagnostic> findings)
    {
        ModelInstance model = interpreter.CreateRoot(root);
        int findingsBefore = findings.Count;
        FreezeParameters.Run(graph, root, interpreter.FrozenFields, method, findings);
        var inputs = new List<object?>();
        foreach (ParameterDeclaration parameter in method.Parameters)
            inputs.Add(Input(recorder, root, parameter, dims, findings));
        foreach (DimSymbol dim in graph.Inputs.SelectMany(i => i.Shape.Dims).SelectMany(d => d.Symbols).Distinct()
            .OrderBy(s => Order(root, s)))
            graph.Dims.Add(dim);
        if (findings.Count > findingsBefore) return;
        object? result = interpreter.Invoke(model, root, method, [.. inputs], null);
        if (findings.Count > 0 || interpreter.IsInvalidCSharp) return;
        if (result is Failed) throw new InvalidOperationException(
            $"{root.Name}.{method.Name} failed without a finding.");
        object?[] results = result is TupleValue tuple ? tuple.Items : [result];
        foreach (object? each in results)
        {
            if (each is not Tensor tensor)
            {
                findings.Add(new("MC0013", root.FullName, method.Mark, $"{method.Name} returns no tensor"));
                return;
            }
            graph.Results.Add(recorder.Import(tensor));
        }
        CheckHolders(graph, root, method, findings);
        // Devices count in 64 bits; there the processor's entry points refuse lengths that are too much for it.
        if (!root.Targets.Contains("Cuda")
            && graph.Root.AllValues().FirstOrDefault(v => v.Shape.Size.Maximum > int.MaxValue) is { } huge)
            findings.Add(new("MC4002", root.FullName, method.Mark,
                $"{method.Name} computes {huge.Op.Name} {huge.Shape}, which can have {huge.Shape.Size.Maximum} " +
                    $"elements: a tensor has at most {int.MaxValue}; lower Max of " +
                    $"{string.Join(", ", huge.Shape.Size.Symbols)}"));
        for (int i = 1; method.IsLoss && i < graph.Results.Count; i++)
            if (graph.Results[i].Shape.Size != 1)
                findings.Add(new("MC0022", root.FullName, LastReturn(root, method.Body),
                    $"{method.Metrics[i - 1]}, which {method.Name} returns beside the loss, is " +
                        $"{graph.Results[i].Shape}: a metric is one number; Mean(x) of all its elements is"));
        if (method.IsLoss && graph.Results[0].Shape.Size != 1)
            findings.Add(new("MC1010", root.FullName, LastReturn(root, method.Body),
                $"the loss is {graph.Results[0].Shape}: it must be one number; Mean(x) of all its elements is"));
    }

    /// <summary>
    /// Parameters get their names from fields. One that no field holds is forgotten, or an error where it is read.
    /// </summary>
    static void CheckHolders(Graph graph, ModelDeclaration root, MethodDeclaration method,
        List<ModelDiagnostic> findings)
    {
        Value[] unheld = [.. graph.Parameters.Where(p => p.Name.Length == 0)];
        if (unheld.Length == 0) return;
        Dictionary<Value, List<Value>> readers = graph.Readers();
        if (unheld.FirstOrDefault(p => readers.ContainsKey(p) || graph.Results.Contains(p)) is { } read)
            findings.Add(new("MC0010", root.FullName, method.Mark,
                $"{method.Name} uses a {(read.IsState ? "state" : "parameter")} {read.Shape} that no field holds, so " +
                    "it can be neither saved nor trained: " +
                "keep the layer or parameter in a field of the model"));
        foreach (Value parameter in unheld)
        {
            graph.Parameters.Remove(parameter);
            graph.Root.Values.Remove(parameter);
        }
    }

    static int Order(ModelDeclaration root, DimSymbol symbol) =>
        root.Dims.Select(d => d.Name).ToList().IndexOf(symbol.Name);

    static object? Input(
        Recorder recorder, ModelDeclaration root, ParameterDeclaration parameter, Dictionary<string, DimSymbol> dims,
            List<ModelDiagnostic> findings)
    {
        var lengths = new List<Dim>();
        for (int axis = 0; axis < parameter.Shape.Count; axis++)
        {
            string? problem = null;
            string id = "MC0005";
            try
            {
                Dim length = DimExpression.Parse(parameter.Shape[axis], dims);
                if (length.Minimum < 1) problem =
                    $"\"{parameter.Shape[axis]}\" can be {length.Minimum}: an axis has at least one element; raise Min";
                lengths.Add(length);
            }
            catch (KeyNotFoundException unknown)
            {
                string declared = dims.Count == 0 ? "none is declared"
                    : "declared are " + string.Join(", ", root.Dims.Select(d => d.Name));
                problem = $"{unknown.Message} is no dim of {root.Name} ({declared}): add [Dim(\"{unknown.Message}\", " +
                    "Max = …)], or write a number";
            }
            catch (FormatException wrong)
            {
                problem = wrong.Message;
            }
            if (problem is not null) findings.Add(new(id, root.FullName, parameter.ShapeMarks[axis], problem));
        }
        if (lengths.Count < parameter.Shape.Count) return Failed.Value;
        bool isInteger = parameter.Type != "ModelCompiler.Tensor";
        Value value = recorder.AddInput(parameter.Name, new Shape([.. lengths]), isInteger ? ElementType.Int32
            : ElementType.Float32);
        return isInteger ? new Tensor<int>(value) : new Tensor(value);
    }

    static int LastReturn(ModelDeclaration declaration, int node)
    {
        if (node < 0) return -1;
        Node at = declaration.Nodes[node];
        if (at.Kind == NodeKind.Return) return at.Children[0];
        return at.Children.Reverse().Select(c => LastReturn(declaration, c)).FirstOrDefault(n => n >= 0, -1);
    }

    static int FirstOrDefault(this IEnumerable<int> numbers, Func<int, bool> predicate, int otherwise)
    {
        foreach (int number in numbers)
            if (predicate(number)) return number;
        return otherwise;
    }

    static IEnumerable<string> UsedParameters(Graph graph)
    {
        Dictionary<Value, List<Value>> readers = graph.Readers();
        return graph.Parameters.Where(p => readers.ContainsKey(p) || graph.Results.Contains(p)).Select(p => p.Name);
    }

    /// <summary>Parameters that nothing reads, and parameters that the loss reads but cannot change.</summary>
    static void CheckParameters(Interpreter interpreter, Graph graph, HashSet<string> used, RecordedEntry? loss,
        List<ModelDiagnostic> findings)
    {
        foreach (Value parameter in graph.Parameters)
        {
            if (!interpreter.Places.TryGetValue(parameter, out var place)) continue;
            if (!used.Contains(parameter.Name))
                findings.Add(new("MC2001", place.Declaration.FullName, place.Node,
                    $"{(parameter.IsState ? "state" : "parameter")} {parameter.Name} {parameter.Shape} is never " +
                        "read: use it in an entry point, or " +
                        "remove it"));
        }
        if (loss is null) return;
        HashSet<Value> reached = Reached(loss.Graph);
        foreach (Value parameter in graph.Parameters)
            if (parameter.IsTrained && interpreter.Places.TryGetValue(parameter, out var place)
                && used.Contains(parameter.Name)
                && loss.Graph.Parameters.First(p => p.Name == parameter.Name) is var trained
                    && !trained.IsFrozen && !reached.Contains(trained))
                findings.Add(new("MC2002", place.Declaration.FullName, place.Node,
                    $"no gradient reaches parameter {parameter.Name} {parameter.Shape} from {loss.Method}: it keeps " +
                        "its initial numbers. Use it in the loss, or make it a constant"));
    }

    /// <summary>Values that a change of the loss can be traced to.</summary>
    static HashSet<Value> Reached(Graph graph)
    {
        var reached = new HashSet<Value>();
        var work = new Stack<Value>(graph.Results.Take(1));   // metrics are behind the loss
        while (work.Count > 0)
        {
            Value value = work.Pop();
            if (!value.NeedsGradient || !reached.Add(value)) continue;
            if (value.Is(Structure.At) || value.Op.Gradient is not null && !value.Is(Primitives.Detach))
                foreach (Value input in value.Inputs) work.Push(input);
            if (value.Is(Structure.Carried)) work.Push(value.Loop!.Carried[value.Loop.Results.IndexOf(value)]);
            if (value.Is(Structure.Stacked)) work.Push(value.Loop!.Stacked.First(s => s.Outer == value).Inner);
            if (!value.Is(Structure.Carry)) continue;
            int slot = value.Loop!.Carried.IndexOf(value);
            work.Push(value.Loop.Initial[slot]);
            work.Push(value.Loop.Yields[slot]);
        }
        return reached;
    }
}
