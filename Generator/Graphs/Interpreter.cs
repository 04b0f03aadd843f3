using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;
using ModelCompiler.Diagnostics;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>
/// Runs a user's body over symbolic tensors: the second driver of the recorder. It knows C#, never an operator; library
/// types run their own compiled source.
/// </summary>
sealed partial class Interpreter
{
    const int DeepestCall = 200;

    const string ChangesInLoop =
        "changes in a loop whose body is compiled once for all iterations: there only tensors in locals of the method "
        + "itself change, and elements at the loop's counter";

    readonly Dictionary<string, ModelDeclaration> declarations;
    int depth;
    readonly Recorder recorder;
    readonly List<ModelDiagnostic> errors;
    readonly List<ModelDiagnostic> notes = [];

    public Interpreter(IEnumerable<ModelDeclaration> closure, Recorder recorder, List<ModelDiagnostic> errors) =>
        (declarations, this.recorder, this.errors) = (closure.ToDictionary(d => d.FullName), recorder, errors);

    /// <summary>How often something failed, errors counted again that an earlier entry point has reported.</summary>
    int failures;

    /// <summary>What the user may like to know although nothing is wrong.</summary>
    public IReadOnlyList<ModelDiagnostic> Notes => notes;

    /// <summary>A body is not C# yet: the C# compiler says so, and says it better.</summary>
    public bool IsInvalidCSharp { get; private set; }

    /// <summary>Runs a method.</summary>
    public object? Invoke(ModelInstance instance, ModelDeclaration home, MethodDeclaration method, object?[] arguments,
        (ModelDeclaration, int)? site)
    {
        var frame = new Frame(instance, home, null, site) { Row = recorder.OpenRows };
        for (int i = 0; i < method.Parameters.Count; i++) frame[method.Parameters[i].Name] = i < arguments.Length
            ? arguments[i] : null;
        if (++depth > DeepestCall)
        {
            depth--;
            return Fail("MC0010", frame, method.Body, $"{method.Name} calls itself without end, or more than " +
                $"{DeepestCall} calls deep: write a loop with a count known at build");
        }
        (string scope, bool isInLayer, PrecisionLevel precision) =
            (recorder.Scope, recorder.IsInLayer, recorder.Precision);
        (recorder.Scope, recorder.IsInLayer) = (Unstarred(instance.Path), false);
        // One that no field holds has what its class says, or what is at work around it.
        recorder.Precision = instance.Precision ?? instance.Declaration.Precision ?? precision;
        using (method.IsOperator ? OperatorScope.Of(method.Name) : (IDisposable?)null) Evaluate(method.Body, frame);
        // What Forward returns is the part's result, and the part has a name.
        if (frame.Result is Tensor result && method.Name != "Forward") recorder.Suggest(result.Value, method.Name);
        (recorder.Scope, recorder.IsInLayer, recorder.Precision) = (scope, isInLayer, precision);
        depth--;
        // A body that never got to its return has failed before.
        return frame.HasReturned ? frame.Result : Failed.Value;
    }

    static string Unstarred(string path) => StackScope.Unstacked(path);

    /// <summary>Records an error once and gives the value that keeps what follows from it silent.</summary>
    Failed Fail(string id, Frame frame, int node, string message)
    {
        (ModelDeclaration declaration, int at) = frame.Site ?? (frame.Declaration, node);
        var error = new ModelDiagnostic(id, declaration.FullName, at, message);
        if (!errors.Contains(error)) errors.Add(error);
        failures++;
        return Failed.Value;
    }

    object? Evaluate(int index, Frame frame)
    {
        if (index < 0) return null;
        Node node = frame.Node(index);
        object? Child(int i) => Evaluate(node.Children[i], frame);
        switch (node.Kind)
        {
            case NodeKind.Literal: return node.Constant;
            case NodeKind.Local: return frame[node.Name];
            case NodeKind.ClassParameter: return frame.Instance.Arguments.TryGetValue(node.Name, out object? argument)
                ? argument : Failed.Value;
            case NodeKind.This: return frame.Instance;
            case NodeKind.Member: return Member(Child(0), node.Name, index, frame);
            case NodeKind.New: return New(node, index, frame);
            case NodeKind.Call: return Call(node, index, frame);
            case NodeKind.Invoke: return Invoke(node, index, frame);
            case NodeKind.Lambda: return new LambdaValue(frame, node.Children[0], Words((string)node.Constant!));
            case NodeKind.Array: return NewArray(node, frame);
            case NodeKind.EmptyArray: return EmptyArray(node, index, frame);
            case NodeKind.Tuple:
                object?[] items = [.. node.Children.Select((_, i) => Child(i))];
                return items.Contains(Failed.Value) ? Failed.Value : new TupleValue(items);
            case NodeKind.Arithmetic: return Compute(node, index, frame);
            case NodeKind.Convert: return Arithmetic.Convert(node.Type, Child(0));
            case NodeKind.Coalesce: return Child(0) ?? Child(1);
            case NodeKind.Choose:
                return Child(0) switch
                {
                    bool condition => Child(condition ? 1 : 2),
                    Failed => Failed.Value,
                    _ => Fail("MC0011", frame, node.Children[0], "this condition is not known at build: use Where to " +
                        "choose between tensors, element by element"),
                };
            case NodeKind.Switch: return Switch(node, index, frame);
            case NodeKind.Is: return Child(0) is var tested
                && tested is Failed ? tested : Matches(node.Children[1], tested, frame);
            case NodeKind.Interpolation: return string.Concat(node.Children.Select((_, i) =>
                Arithmetic.Text(Child(i))));
            case NodeKind.Throw: return Throw(node, index, frame);
            case NodeKind.Index: return Element(Child(0), Child(1), index, frame);
            case NodeKind.Block: return Block(node, frame);
            case NodeKind.Declare: return Statement(node, () => Bind(node.Name, Child(0), frame));
            case NodeKind.Assign: return Assign(node.Children[0], Child(1), frame);
            case NodeKind.Deconstruct: return Deconstruct(node, frame);
            case NodeKind.Evaluate: return Statement(node, () => Child(0));
            case NodeKind.Return:
                object? result = Statement(node, () => Child(0));
                (frame.Result, frame.HasReturned) = (result, true);
                return result;
            case NodeKind.ForEach: return ForEach(node, index, frame);
            case NodeKind.For: return For(node, index, frame);
            case NodeKind.Break:
                frame.HasBroken = true;
                return null;
            case NodeKind.Discard or NodeKind.Mark: return null;
            case NodeKind.Invalid:
                IsInvalidCSharp = true;
                return Failed.Value;
            default:
                return Fail("MC0010", frame, index, $"`{node.Text}` cannot be compiled in a model: {node.Type}");
        }
    }

    static string[] Words(string text) => text.Split([' '], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What is recorded meanwhile carries the statement's words.</summary>
    object? Statement(Node node, Func<object?> run)
    {
        string source = recorder.Source;
        recorder.Source = node.Text;
        object? value = run();
        recorder.Source = source;
        return value;
    }

    object? Block(Node node, Frame frame)
    {
        object? last = null;
        // A local function may be called above its place; unlike a lambda in a local, it carries no words of a
        // statement.
        foreach (Node function in node.Children.Where(c => c >= 0).Select(frame.Node))
            if (function is { Kind: NodeKind.Declare, Text: "" }
                && frame.Node(function.Children[0]).Kind == NodeKind.Lambda)
                frame[function.Name] = Evaluate(function.Children[0], frame);
        foreach (int child in node.Children)
        {
            last = Evaluate(child, frame);
            if (frame.IsLeaving) break;
        }
        return last;
    }

    object? Compute(Node node, int index, Frame frame)
    {
        object? first = Evaluate(node.Children[0], frame);
        if (node.Name == "ConditionalAnd" && first is false || node.Name == "ConditionalOr"
            && first is true) return first;
        object? second = node.Children.Count > 1 ? Evaluate(node.Children[1], frame) : null;
        if (first is Failed || second is Failed) return Failed.Value;
        return (node.Children.Count > 1 ? Arithmetic.Apply(node.Name, first, second)
            : Arithmetic.Apply(node.Name, first))
            ?? Fail("MC0010", frame, index, first is LayerCounter || second is LayerCounter
                ? "a loop's counter that is computed with cannot stay a loop"
                : first is Dim || second is Dim
                ? $"{node.Name} of {Describe(first)} and {Describe(second)} is not known at build: a dim has its " +
                    "value at run time only. Count to a constant, or walk along an axis with Scan"
                : first is null || second is null
                ? $"{node.Name} has an operand that is not known at build. Compute with locals, constants and " +
                    "constructor parameters, which a field that changes is not"
                : $"{node.Name} of {Describe(first)} and {Describe(second)} is not known at build");
    }

    static string Describe(object? value) => value switch
    {
        null => "null",
        TensorBase tensor => "a tensor " + tensor.Shape,
        ModelInstance model => model.Declaration.Name,
        _ => Arithmetic.Text(value),
    };

    object? Switch(Node node, int index, Frame frame)
    {
        object? value = Evaluate(node.Children[0], frame);
        if (value is Failed) return value;
        if (value is TensorBase) return Fail("MC0011", frame, node.Children[0],
            "a tensor's numbers are not known at build: use Where to choose between tensors");
        for (int arm = 1; arm < node.Children.Count; arm += 3)
        {
            if (Matches(node.Children[arm], value, frame) is not true) continue;
            if (node.Children[arm + 1] >= 0 && Evaluate(node.Children[arm + 1], frame) is not true) continue;
            object? result = Evaluate(node.Children[arm + 2], frame);
            frame.HasBroken = false;
            return result;
        }
        return null;
    }

    object? Matches(int pattern, object? value, Frame frame)
    {
        Node node = frame.Node(pattern);
        object? Operand(int i) => Evaluate(node.Children[i], frame);
        return node.Kind != NodeKind.Pattern ? Evaluate(pattern, frame) : node.Name switch
        {
            "Discard" => true,
            "Constant" => value is TensorBase or ModelInstance ? Operand(0) is null && value is null
                : Equals(value, Operand(0)),
            "Not" => Matches(node.Children[0], value, frame) is false,
            "And" => Matches(node.Children[0], value, frame) is true && Matches(node.Children[1], value, frame) is true,
            "Or" => Matches(node.Children[0], value, frame) is true || Matches(node.Children[1], value, frame) is true,
            _ => Arithmetic.Apply(node.Name, value, Operand(0)) ?? false,
        };
    }

    /// <summary>A model that throws says why it cannot be built.</summary>
    object? Throw(Node node, int index, Frame frame)
    {
        object? thrown = Evaluate(node.Children[0], frame);
        frame.HasReturned = true;
        frame.Result = Failed.Value;
        if (thrown is Failed) return thrown;
        if (node.Name.Length > 0) return Fail("MC0014", frame, index, $"{frame.Instance.Declaration.Name} throws " +
            $"{node.Name}{(thrown is null ? "" : ": " + Arithmetic.Text(thrown))}");
        return thrown is Exception exception
            ? Fail(exception is ShapeException shape ? shape.Id : "MC0014", frame, index, exception.Message)
            : Failed.Value;
    }

    object? Assign(int target, object? value, Frame frame)
    {
        Node node = frame.Node(target);
        switch (node.Kind)
        {
            case NodeKind.Discard:
                return value;
            case NodeKind.Declare:
                return Bind(node.Name, value, frame);
            case NodeKind.Local:
                Frame? holder = frame.Holder(node.Name);
                if (holder is not null && holder != frame && value is TensorBase)
                    return Fail("MC0010", frame, target, $"{node.Name} belongs to the method around this lambda: " +
                        "return the new value instead of assigning it");
                NoteEffect((holder ?? frame).Row);
                // A layer may be kept: where it is read says whether it can be.
                return holder?.IsFromOutside(node.Name, recorder.Region) == true
                    && value is (null or ValueType or string or TensorBase or TupleValue)
                    ? Fail("MC1009", frame, target, $"{node.Name} {ChangesInLoop}")
                    : Bind(node.Name, value, holder ?? frame);
            case NodeKind.Member when frame.Node(node.Children[0]).Kind == NodeKind.This && frame.Site is null
                && isConstructing:
                NoteEffect(frame.Instance.Row);
                return frame.Instance.Fields[node.Name] = value;
            case NodeKind.Member when node.Name == nameof(State.Value)
                && Evaluate(node.Children[0], frame) is State or Failed:
                return AssignState(node, value, target, frame);
            case NodeKind.Index:
                return AssignElement(node, value, target, frame);
            default:
                return Fail("MC0010", frame, target,
                    "only locals change in a model's body: keep the value in a local, or return it");
        }
    }

    object? AssignState(Node node, object? value, int target, Frame frame)
    {
        if (value is Failed || Evaluate(node.Children[0], frame) is not State state) return Failed.Value;
        return Guard(target, frame, () => state.Value = value as Tensor
            ?? throw new ShapeException("a state needs a tensor") { Id = "MC1014" });
    }

    /// <summary>Something older than an open row of layers is assigned.</summary>
    void NoteEffect(int row)
    {
        if (row < recorder.OpenRows) recorder.Effects++;
    }

    object? Bind(string name, object? value, Frame frame)
    {
        if (value is Tensor tensor) recorder.Name(tensor.Value, name);
        return frame[name] = value;
    }

    object? Deconstruct(Node node, Frame frame)
    {
        object? value = Evaluate(node.Children[1], frame);
        DeconstructInto(node.Children[0], value, frame);
        return value;
    }

    void DeconstructInto(int target, object? value, Frame frame)
    {
        Node node = frame.Node(target);
        if (node.Kind != NodeKind.Tuple)
        {
            Assign(target, value, frame);
            return;
        }
        object?[]? items = Items(value);
        for (int i = 0; i < node.Children.Count; i++)
            DeconstructInto(node.Children[i], items is not null && i < items.Length ? items[i] : Failed.Value, frame);
    }

    /// <summary>A tuple's elements, whether made here or by the library.</summary>
    static object?[]? Items(object? value) => value switch
    {
        TupleValue tuple => tuple.Items,
        ValueType tuple when tuple.GetType().FullName!.StartsWith("System.ValueTuple", StringComparison.Ordinal) =>
            [.. tuple.GetType().GetFields().OrderBy(f => f.Name, StringComparer.Ordinal)
                .Select(f => f.GetValue(tuple))],
        _ => null,
    };
}
