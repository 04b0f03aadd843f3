using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using ModelCompiler.Declaration;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>Members, calls and arrays.</summary>
sealed partial class Interpreter
{
    /// <summary>Arrays of the models' own making and the region each was made in.</summary>
    readonly Dictionary<object, (Region Region, int Row)> arrays = new(ReferenceComparer.Instance);

    object? Member(object? owner, string name, int index, Frame frame)
    {
        switch (owner)
        {
            case Failed:
                return owner;
            case null:
                return Fail("MC0010", frame, index, $"{name} is read of null");
            case ModelInstance model:
                return model.Fields.TryGetValue(name, out object? field) ? field : Failed.Value;
            case CollectedTensors collected when name == "Length":
                return collected.Count;
            case Array array when name == "Length":
                return Operators.StackOf(array)?.Count ?? array.Length;
            case PickedLayer picked:
                object? inner = Member(picked.Element, name, index, frame);
                return inner switch
                {
                    Tensor tensor => Picked(picked, () => new Tensor(recorder.Import(tensor))),
                    ModelInstance or Array => new PickedLayer(inner, picked.Scope, picked.Layer),
                    not null when inner.GetType().Namespace == nameof(ModelCompiler)
                        && inner is not (Shape or Failed) =>
                        new PickedLayer(inner, picked.Scope, picked.Layer),
                    _ => inner,
                };
            case var tuple when name.StartsWith("Item", StringComparison.Ordinal) && Items(tuple) is { } items:
                return items[int.Parse(name.Substring(4), System.Globalization.CultureInfo.InvariantCulture) - 1];
            default:
                return Guard(index, frame, () => owner.GetType().GetProperty(name) is { } property
                    ? property.GetValue(owner)
                    : owner.GetType().GetField(name)?.GetValue(owner));
        }
    }

    T Picked<T>(PickedLayer picked, Func<T> run)
    {
        recorder.Fixed.Add(picked.Scope, picked.Layer);
        try
        {
            return run();
        }
        finally
        {
            recorder.Fixed.Remove(picked.Scope);
        }
    }

    object? New(Node node, int index, Frame frame)
    {
        int count = node.Constant is int n ? n : node.Children.Count;
        int[] children = [.. node.Children.Take(count)];
        object?[] arguments = [.. children.Select(c => Evaluate(c, frame))];
        int[] settings = [.. node.Children.Skip(count)];
        object?[] members = [.. settings.Select(c =>
            frame.Node(c).Kind == NodeKind.Member ? Evaluate(frame.Node(c).Children[0], frame) : Evaluate(c, frame))];
        if (arguments.Contains(Failed.Value) || members.Contains(Failed.Value)) return Failed.Value;
        if (declarations.TryGetValue(node.Type, out ModelDeclaration? nested)) return Set(Create(nested, arguments,
            frame, index), settings, members, frame);
        if (LibraryTable.Find(node.Type) is not { } type
            || LibraryTable.Find(type, node.Name) is not ConstructorInfo constructor)
            return Fail("MC0010", frame, index,
                $"{Short(node.Type)} cannot be created in a model: it is neither a layer of the library nor a [Model]");
        if (NullAmong(arguments, constructor) is { } missing)
            return Fail("MC0010", frame, children[missing], $"this is null: {Short(node.Type)} needs a value here");
        return Guard(index, frame, () =>
        {
            object created = constructor.Invoke(Prepare(arguments, constructor, frame));
            for (int i = 0; i < members.Length; i++) type.GetProperty(frame.Node(settings[i]).Name)!.SetValue(created,
                members[i]);
            return created;
        }, children, arguments, constructor);
    }

    /// <summary>new Part(..) { Name = value }.</summary>
    static ModelInstance Set(ModelInstance model, int[] settings, object?[] values, Frame frame)
    {
        for (int i = 0; i < settings.Length; i++) model.Fields[frame.Node(settings[i]).Name] = values[i];
        return model;
    }

    static string Short(string type) => type.Substring(type.LastIndexOf('.') + 1);

    object? Call(Node node, int index, Frame frame)
    {
        object? instance = Evaluate(node.Children[0], frame);
        int[] children = [.. node.Children.Skip(1)];
        object?[] arguments = [.. children.Select(c => Evaluate(c, frame))];
        if (instance is Failed || arguments.Contains(Failed.Value)) return Failed.Value;
        if (instance is null && node.Children[0] >= 0) return Fail("MC0010", frame, index,
            $"{Short(node.Type)} is null here: give it a value before it is called");
        if (Unproved(node.Name, arguments) is { } equality) return Fail("MC0011", frame, index, equality);
        NoteSpread(node.Name, arguments, index, frame);
        return instance is PickedLayer picked
            ? Picked(picked, () => Call(node, index, frame, picked.Element, children, arguments))
            : Call(node, index, frame, instance, children, arguments);
    }

    /// <summary>
    /// [B, 1] with [B] is [B, B]: legal, and hardly ever meant where the second operand has no axis to say so.
    /// </summary>
    void NoteSpread(string signature, object?[] arguments, int index, Frame frame)
    {
        if (!signature.StartsWith("op_", StringComparison.Ordinal) || arguments is not [Tensor a, Tensor b]) return;
        NoteSpread(a, b, null, index, frame);
    }

    /// <summary>Of a call it is known only afterwards whether it spreads its operands.</summary>
    void NoteSpread(TensorBase a, TensorBase b, TensorBase? result, int index, Frame frame)
    {
        (Shape longer, Shape shorter) = a.Shape.Rank >= b.Shape.Rank ? (a.Shape, b.Shape) : (b.Shape, a.Shape);
        for (int axis = -shorter.Rank; axis < 0; axis++)
            for (int outer = -longer.Rank; outer < -shorter.Rank; outer++)
                if (longer[axis] == 1 && shorter[axis] != 1 && longer[outer] == shorter[axis] && (result is null
                    || result.Shape.Rank == longer.Rank && result.Shape[axis] == shorter[axis]
                    && result.Shape[outer] == longer[outer]))
                    Note("MC1013", frame, index, $"{a.Shape} and {b.Shape} spread over each other: the result has " +
                        $"{shorter[axis]} twice. Give the operand of {shorter.Rank} " +
                        $"{(shorter.Rank == 1 ? "axis" : "axes")} the other's axes with Reshape");
    }

    object? Call(Node node, int index, Frame frame, object? instance, int[] children, object?[] arguments)
    {
        if (instance is ModelInstance model)
        {
            if (Find(model.Declaration, node.Name) is { } own) return Invoke(model, model.Declaration, own, arguments,
                SiteOf(model.Declaration, frame, index));
        }
        else if (node.Children[0] < 0 && Find(frame.Declaration, node.Name) is { } helper)
            return Invoke(frame.Instance, frame.Declaration, helper, arguments, frame.Site);
        if (LibraryTable.Find(node.Type) is { } type && LibraryTable.Find(instance is not null
            && !type.IsAbstract ? instance.GetType() : type, node.Name) is MethodInfo method)
        {
            (string scope, bool isInLayer, PrecisionLevel precision) =
                (recorder.Scope, recorder.IsInLayer, recorder.Precision);
            if (instance is not null && layerPaths.TryGetValue(instance, out string? path))
                (recorder.Scope, recorder.IsInLayer, recorder.Precision) =
                    (Unstarred(path), true, layerPrecisions[instance] ?? precision);
            arguments = [.. arguments.Select((a, i) => a is CollectedTensors collected
                ? Elements(collected, children[i], frame) : a)];
            object? result = arguments.Contains(Failed.Value) ? Failed.Value
                : NullAmong(arguments, method) is { } missing
                ? Fail("MC0010", frame, children[missing],
                    "this is null: the library's operators and layers need a value here")
                : Guard(index, frame, () => method.Invoke(instance, Prepare(arguments, method, frame)), children,
                    arguments, method, instance);
            (recorder.Scope, recorder.IsInLayer, recorder.Precision) = (scope, isInLayer, precision);
            if (!node.Name.StartsWith("op_", StringComparison.Ordinal) && result is TensorBase made
                && arguments is [TensorBase first, TensorBase second]) NoteSpread(first, second, made, index, frame);
            return result;
        }
        string name = node.Name.Substring(0, node.Name.IndexOf('('));
        return Fail("MC0010", frame, index,
            $"{Short(node.Type)}.{Short(name)} cannot be called in a model: its source is not in this project, and " +
                "it is not part of the library");
    }

    /// <summary>Whether two lengths are equal may depend on the lengths of a run; null where it does not.</summary>
    static string? Unproved(string signature, object?[] arguments)
    {
        if (arguments is not [Dim a, Dim b] || !signature.StartsWith("op_Equality(", StringComparison.Ordinal)
            && !signature.StartsWith("op_Inequality(", StringComparison.Ordinal)) return null;
        Dim difference = a - b;
        if (a == b || difference.Minimum > 0 || difference.Maximum < 0) return null;
        string bounds = string.Join(", ", difference.Symbols.Select(s => $"{s.Name} runs from {s.Min} to {s.Max}"));
        return $"whether {a} is {b} is not known at build: {bounds}. Decide by constants, or use Where to choose " +
            "between tensors";
    }

    static (ModelDeclaration, int)? SiteOf(ModelDeclaration callee, Frame frame, int index) =>
        frame.Site ?? (callee.IsImported ? (frame.Declaration, index) : null);

    static MethodDeclaration? Find(ModelDeclaration declaration, string signature)
    {
        foreach (MethodDeclaration method in declaration.Methods)
            if (method.Signature == signature) return method;
        return null;
    }

    object? Invoke(Node node, int index, Frame frame)
    {
        object?[] arguments = [.. node.Children.Skip(1).Select(c => Evaluate(c, frame))];
        if (arguments.Contains(Failed.Value)) return Failed.Value;
        return Evaluate(node.Children[0], frame) switch
        {
            LambdaValue lambda => Run(lambda, arguments),
            Failed => Failed.Value,
            _ => Fail("MC0010", frame, index, "only lambdas and local functions of the model can be called"),
        };
    }

    object? Run(LambdaValue lambda, object?[] arguments)
    {
        var inner = new Frame(lambda.Captured.Instance, lambda.Captured.Declaration, lambda.Captured,
            lambda.Captured.Site) { Row = recorder.OpenRows };
        for (int i = 0; i < lambda.Parameters.Length; i++) inner[lambda.Parameters[i]] = arguments[i];
        if (depth > DeepestCall)
            return Fail("MC0010", inner, lambda.Body,
                $"this function calls itself without end, or more than {DeepestCall} calls deep: write a loop");
        depth++;
        Evaluate(lambda.Body, inner);
        depth--;
        return inner.HasReturned ? inner.Result : Failed.Value;
    }

    /// <summary>The first argument without the object that its parameter asks for; null where all have one.</summary>
    static int? NullAmong(object?[] arguments, MethodBase method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        for (int i = 0; i < arguments.Length; i++)
            if (arguments[i] is null && !parameters[i].ParameterType.IsValueType
                && parameters[i] is not { HasDefaultValue: true, DefaultValue: null }) return i;
        return null;
    }

    /// <summary>Every tensor of a local array, at its place.</summary>
    object? Elements(CollectedTensors collected, int index, Frame frame)
    {
        object?[] items = [.. Enumerable.Range(0, collected.Count).Select(i => Element(collected, i, index, frame))];
        return items.Contains(Failed.Value) ? Failed.Value : items.Cast<Tensor>().ToArray();
    }

    /// <summary>Arguments as reflection wants them: lambdas as delegates, arrays of the element type.</summary>
    object?[] Prepare(object?[] arguments, MethodBase method, Frame frame)
    {
        ParameterInfo[] parameters = method.GetParameters();
        var prepared = new object?[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            Type type = parameters[i].ParameterType;
            object? argument = i < arguments.Length ? arguments[i] : Type.Missing;
            prepared[i] = argument switch
            {
                LambdaValue lambda => DelegateAdapter.Create(type,
                    a => Typed(Run(lambda, a), type.GetGenericArguments().Last())),
                Array array when type.IsArray && !type.IsInstanceOfType(array) =>
                    Retyped(array, type.GetElementType()!),
                null when type.IsValueType => Activator.CreateInstance(type),
                _ => argument,
            };
        }
        return prepared;
    }

    object? Typed(object? result, Type type)
    {
        if (result is Failed) throw new LambdaFailed();
        return result is Array array && type.IsArray
            && !type.IsInstanceOfType(array) ? Retyped(array, type.GetElementType()!) : result;
    }

    static Array Retyped(Array array, Type element)
    {
        var typed = System.Array.CreateInstance(element, array.Length);
        System.Array.Copy(array, typed, array.Length);
        return typed;
    }

    /// <summary>Runs library code; a broken shape rule marks the argument it blames, or else the whole call.</summary>
    object? Guard(
        int index, Frame frame, Func<object?> run, int[]? children = null, object?[]? arguments = null,
            MethodBase? method = null, object? instance = null)
    {
        Region region = recorder.Region;
        try
        {
            return run();
        }
        catch (Exception e) when (Inner(e) is ShapeException broken)
        {
            recorder.Unwind(region);
            int blamed = Blamed(broken, arguments, method);
            string where = instance is not null
                && layerPaths.TryGetValue(instance, out string? path) ? $" (in {Unstarred(path)})"
                : frame.Instance.Path.Length > 0 ? $" (in {Unstarred(frame.Instance.Path)})" : "";
            return Fail(broken.Id, frame, blamed < 0 || children is null ? index : children[blamed],
                broken.Message + where);
        }
        catch (Exception e) when (Inner(e) is LambdaFailed)
        {
            recorder.Unwind(region);
            return Failed.Value;
        }
    }

    static Exception Inner(Exception e)
    {
        while (e is TargetInvocationException { InnerException: { } inner }) e = inner;
        return e;
    }

    /// <summary>
    /// The argument an exception blames; the same tensor may be passed twice, so the parameter's name decides.
    /// </summary>
    static int Blamed(ShapeException broken, object?[]? arguments, MethodBase? method)
    {
        if (broken.Culprit is null || arguments is null) return -1;
        int blamed = System.Array.FindIndex(arguments, a => ReferenceEquals(a, broken.Culprit));
        if (blamed < 0 || method is null || broken.Parameter is null) return blamed;
        int named = System.Array.FindIndex(method.GetParameters(), p => p.Name == broken.Parameter);
        return named >= 0 && named < arguments.Length
            && ReferenceEquals(arguments[named], broken.Culprit) ? named : blamed;
    }

    /// <summary>Notes where an array is made: see <see cref="Frame.IsFromOutside"/>.</summary>
    object Made(object array)
    {
        arrays[array] = (recorder.Region, recorder.OpenRows);
        return array;
    }

    object? NewArray(Node node, Frame frame)
    {
        object?[] values = [.. node.Children.Select(c => Evaluate(c, frame))];
        if (values.Contains(Failed.Value)) return Failed.Value;
        Type element = LibraryTable.Find(node.Type) ?? typeof(object);
        if (values.Any(v => v is not null && !element.IsInstanceOfType(v))) element = typeof(object);
        Array array = System.Array.CreateInstance(element, values.Length);
        for (int i = 0; i < values.Length; i++) array.SetValue(values[i], i);
        return Made(array);
    }

    object? EmptyArray(Node node, int index, Frame frame) => (Evaluate(node.Children[0], frame), node.Type) switch
    {
        (int count, "ModelCompiler.Tensor") => Made(new CollectedTensors(count)),
        (int count, var type) => Made(System.Array.CreateInstance(LibraryTable.Find(type) ?? typeof(object), count)),
        (Failed, _) => Failed.Value,
        _ => Fail("MC0010", frame, node.Children[0], "the length of an array must be known at build"),
    };

    object? Element(object? array, object? place, int index, Frame frame)
    {
        if (array is Failed || place is Failed) return Failed.Value;
        switch (array, place)
        {
            case (CollectedTensors collected, LayerCounter counter):
                if (collected.Items.TryGetValue(counter.Loop, out Tensor? now)) return now;
                return collected.Stack is { } stack ? new Tensor(recorder.At(stack, counter.Loop))
                    : Fail("MC0010", frame, index, "this array has not been filled by a loop before");
            case (CollectedTensors collected, int i) when i >= 0 && i < collected.Count:
                if (collected.Items.TryGetValue(i, out Tensor? item)) return item;
                return collected.Stack is { } filled ? new Tensor(recorder.Pick(filled, i))
                    : Fail("MC0010", frame, index, $"element {i} has not been assigned before");
            case (CollectedTensors collected, int i):
                return Fail("MC0010", frame, frame.Node(index).Children[1],
                    $"element {i} of an array of {collected.Count}");
            case (Array layers, LayerCounter counter) when Operators.StackOf(layers) is { } walked:
                return layers.GetValue(walked.Groups[counter.Group].First + counter.Place);
            case (Array layers, int i):
                LayerStack? stacked = Operators.StackOf(layers);
                int count = stacked?.Count ?? layers.Length;
                if (i < 0 || i >= count) return Fail("MC0010", frame, frame.Node(index).Children[1],
                    $"element {i} of an array of {count}");
                return stacked is null ? layers.GetValue(i) : LayerAt(layers, stacked, i);
            default:
                return Fail("MC0010", frame, index, "an index must be known at build");
        }
    }

    /// <summary>One layer outside a loop over all of them.</summary>
    static object LayerAt(Array layers, LayerStack stack, int index)
    {
        (LayerGroup group, int place, int iteration) = stack.Find(index);
        object layer = layers.GetValue(group.First + place)!;
        return group.IsLoop ? new PickedLayer(layer, group.Scopes[place], iteration) : layer;
    }

    object? AssignElement(Node node, object? value, int index, Frame frame)
    {
        object? array = Evaluate(node.Children[0], frame), place = Evaluate(node.Children[1], frame);
        switch (array, place, value)
        {
            case (Failed, _, _) or (_, Failed, _) or (_, _, Failed):
                return Failed.Value;
            case (CollectedTensors collected, LayerCounter counter,
                Tensor tensor) when counter.Loop.Body == recorder.Region:
                return collected.Items[counter.Loop] = tensor;
            case (not null, int or LayerCounter, _) when arrays.TryGetValue(array, out var made)
                && made.Region != recorder.Region:
                return Fail("MC1009", frame, index, $"an element of this array {ChangesInLoop}");
            case (CollectedTensors collected, int i, Tensor tensor) when i >= 0 && i < collected.Count:
                return collected.Items[i] = tensor;
            case (Array plain, int i, _) when Operators.StackOf(plain) is null && i >= 0 && i < plain.Length:
                NoteEffect(arrays.TryGetValue(plain, out var own) ? own.Row : 0);
                plain.SetValue(value, i);
                return value;
            default:
                return Fail("MC0010", frame, index, "only elements of a local array, at a place known at build or at " +
                    "the loop's counter, can be assigned");
        }
    }
}
