using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;
using ModelCompiler.Diagnostics;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>Loops: over repeated layers they stay loops, all others are unrolled.</summary>
sealed partial class Interpreter
{
    const int MostIterations = 10_000;
    const string InOpenLoop = "a loop around this one walks over the same layers";

    object? ForEach(Node node, int index, Frame frame)
    {
        object? collection = Evaluate(node.Children[0], frame);
        if (collection is CollectedTensors collected) collection = Elements(collected, node.Children[0], frame);
        if (collection is Failed) return collection;
        if (collection is PickedLayer { Element: Array } part)
            return Picked(part, () => ForEach((Array)part.Element, node, index, frame));
        return collection is Array items ? ForEach(items, node, index, frame)
            : Fail("MC0010", frame, node.Children[0],
                "foreach walks over arrays of layers or other arrays known at build");
    }

    object? ForEach(Array items, Node node, int index, Frame frame)
    {
        if (Operators.StackOf(items) is { } stack)
        {
            string? problem = IsOpen(stack) ? InOpenLoop : stack is { HasLoops: false, Count: > 1 }
                ? $"no two neighbouring layers of {Spelled(node.Children[0], frame)} have the same structure" : null;
            if (problem is not null) Note(frame, node.Children[0], problem);
            if (!IsOpen(stack))
                return Walk([stack], false, "layer", node.Name,
                    (_, group, place) => items.GetValue(stack.Groups[group].First + place), node.Children[1], frame,
                        index);
            items = Enumerable.Range(0, stack.Count).Select(i => LayerAt(items, stack, i)).ToArray();
        }
        foreach (object? item in items)
        {
            frame[node.Name] = item;
            Evaluate(node.Children[1], frame);
            if (frame.IsLeaving) break;
        }
        frame.HasBroken = false;
        frame.Forget(node.Name);
        return null;
    }

    /// <summary>
    /// A counting loop stays a loop if its counter does nothing but index what is as long as the loop.
    /// </summary>
    object? For(Node node, int index, Frame frame)
    {
        Evaluate(node.Children[0], frame);
        int body = node.Children[3];
        if (node.Name.Length > 0 && frame[node.Name] is int first && Trips(node, frame, first) is { } trips
            && trips.Count > 0)
        {
            bool rises = node.Constant is 1;
            if (trips.Count > 1 && !Uses(node.Name, body, frame).Any()
                && TryRegion(trips.Count, node, body, frame, index)) return null;
            bool isWhole = trips[0] == (rises ? 0 : trips.Count - 1)
                && trips[trips.Count - 1] == (rises ? trips.Count - 1 : 0);
            string? problem = isWhole ? null : "the counter does not run over all layers one by one";
            List<LayerStack> stacks = Stacks(node.Name, body, frame, trips.Count, ref problem);
            if (stacks.Count > 0 && problem is null)
            {
                frame.Forget(node.Name);
                return Walk(stacks, !rises, node.Name, node.Name, (loop, group, place) => loop is null
                    ? stacks[0].Groups[group].Start : new LayerCounter(loop, group, place), body, frame, index);
            }
            if (stacks.Count > 0 && trips.Count > 1) Note(frame, node.Children[1], problem!);
        }
        List<string> declared = [.. Declared(node.Children[0], frame)];
        for (int i = 0; ; i++)
        {
            object? condition = node.Children[1] < 0 ? true : Evaluate(node.Children[1], frame);
            if (condition is Failed) break;
            if (condition is not bool goesOn)
            {
                Fail("MC0011", frame, node.Children[1],
                    "this condition is not known at build: a loop of a model counts over constants");
                break;
            }
            if (!goesOn) break;
            if (i == MostIterations)
            {
                Fail("MC0010", frame, index, $"this loop runs more than {MostIterations} times");
                break;
            }
            Evaluate(body, frame);
            if (frame.IsLeaving) break;
            Evaluate(node.Children[2], frame);
        }
        frame.HasBroken = false;
        foreach (string name in declared) frame.Forget(name);
        return null;
    }

    /// <summary>
    /// The same body over and over, with nothing but tensors of fixed shapes handed on, stays a loop as well; if that
    /// does not hold, what was recorded is taken back.
    /// </summary>
    bool TryRegion(int count, Node node, int body, Frame frame, int index)
    {
        string[] carried = [.. Carried(body, frame)];
        if (carried.Length == 0 || carried.Any(n => frame[n] is not Tensor)) return false;
        if (Within(body, frame).Any(n => frame.Node(n).Kind is NodeKind.Break or NodeKind.Return)) return false;
        RecordingMark mark = recorder.Mark();
        int errorsBefore = errors.Count;
        var before = carried.ToDictionary(n => n, n => frame[n]);
        object? counter = frame[node.Name];
        frame.Forget(node.Name);
        Region(count, node.Name, false, [], node.Name, [_ => Failed.Value], body, frame, index);
        if (errors.Count == errorsBefore) return true;
        if (errors.Skip(errorsBefore).Any(e => e.Id is not ("MC1009" or "MC1014"))) return true;
        errors.RemoveRange(errorsBefore, errors.Count - errorsBefore);
        recorder.Rewind(mark);
        foreach (string name in carried) frame[name] = before[name];
        frame[node.Name] = counter;
        return false;
    }

    static IEnumerable<int> Uses(string counter, int body, Frame frame) =>
        Within(body, frame).Where(n => frame.Node(n) is { Kind: NodeKind.Local } local && local.Name == counter);

    /// <summary>The values a counter takes; null if that cannot be told without running the body.</summary>
    List<int>? Trips(Node node, Frame frame, int first)
    {
        if (Assigned(node.Children[3], frame).Contains(node.Name)) return null;
        int errorsBefore = errors.Count;
        var trips = new List<int>();
        while (trips.Count <= MostIterations)
        {
            if (Evaluate(node.Children[1], frame) is not bool goesOn) break;
            if (!goesOn)
            {
                frame[node.Name] = first;
                return trips;
            }
            trips.Add((int)frame[node.Name]!);
            Evaluate(node.Children[2], frame);
        }
        errors.RemoveRange(errorsBefore, errors.Count - errorsBefore);
        frame[node.Name] = first;
        return null;
    }

    /// <summary>The repeated layers that a counter indexes.</summary>
    /// <param name="counter">Its name.</param>
    /// <param name="body">What is looked through.</param>
    /// <param name="frame">Where it runs.</param>
    /// <param name="count">How often.</param>
    /// <param name="problem">Why no loop can walk over them; null if one can.</param>
    List<LayerStack> Stacks(string counter, int body, Frame frame, int count, ref string? problem)
    {
        List<int> uses = [.. Uses(counter, body, frame)];
        List<int> indexing = [.. Within(body, frame)
            .Where(n => frame.Node(n) is { Kind: NodeKind.Index } i && uses.Contains(i.Children[1]))];
        if (uses.Count != indexing.Count) problem ??= $"{counter} does more than index layers";
        var stacks = new List<LayerStack>();
        bool collects = false;
        foreach (int n in indexing)
            switch (Known(frame.Node(n).Children[0], frame))
            {
                case CollectedTensors collected when collected.Count == count:
                    collects = true;
                    break;
                case Array layers when Operators.StackOf(layers) is { HasLoops: true } stack:
                    if (stack.Count != count) problem ??= $"{Spelled(frame.Node(n).Children[0], frame)} has " +
                        $"{stack.Count} layers and the loop {count} iterations";
                    if (IsOpen(stack)) problem ??= InOpenLoop;
                    if (!stacks.Contains(stack)) stacks.Add(stack);
                    break;
                default:
                    problem ??= $"{counter} indexes {Spelled(frame.Node(n).Children[0], frame)}, which is no array " +
                        "of repeated layers";
                    break;
            }
        if (stacks.Skip(1).Any(s => !s.Matches(stacks[0])))
            problem ??= $"the layers that {counter} indexes repeat with different periods";
        if (collects && stacks.Any(s => s.Scope is null))
            problem ??= "an array of tensors is filled or read along layers that differ";
        return stacks;
    }

    /// <summary>Whether a loop that is open walks over these layers: only one of the two can stay a loop.</summary>
    bool IsOpen(LayerStack stack) => stack.Groups.SelectMany(g => g.Scopes).Any(recorder.IsOpen);

    /// <summary>A local's or field's name.</summary>
    static string Spelled(int index, Frame frame) =>
        frame.Node(index) is { Kind: NodeKind.Convert } convert ? Spelled(convert.Children[0], frame)
            : frame.Node(index).Name;

    /// <summary>A local or field without running anything.</summary>
    static object? Known(int index, Frame frame) => frame.Node(index) switch
    {
        { Kind: NodeKind.Local } local => frame[local.Name],
        { Kind: NodeKind.Member } member => Known(member.Children[0], frame) is ModelInstance model
            && model.Fields.TryGetValue(member.Name, out object? value) ? value : null,
        { Kind: NodeKind.This } => frame.Instance,
        { Kind: NodeKind.Convert } convert => Known(convert.Children[0], frame),
        _ => null,
    };

    static IEnumerable<int> Within(int index, Frame frame) => frame.Declaration.Within(index);

    /// <summary>
    /// Says that a loop is written out, and why; compiling and reading it cost as many times more as it has iterations.
    /// </summary>
    void Note(Frame frame, int node, string reason) => Note("MC0017", frame, node,
        $"this loop is unrolled: {reason}. Give neighbouring layers the same structure and walk over them with " +
            "foreach to keep it a loop");

    void Note(string id, Frame frame, int node, string message)
    {
        (ModelDeclaration declaration, int at) = frame.Site ?? (frame.Declaration, node);
        var note = new ModelDiagnostic(id, declaration.FullName, at, message);
        if (!notes.Contains(note)) notes.Add(note);
    }

    /// <summary>
    /// Goes over repeated layers: a loop for each group of equal structure, once through the body for a layer of its
    /// own.
    /// </summary>
    /// <param name="stacks">What is walked over; of several all have the same groups.</param>
    /// <param name="reversed">From the last layer to the first.</param>
    /// <param name="counter">The name of the index in generated code.</param>
    /// <param name="variable">The local that differs in each iteration.</param>
    /// <param name="value">Its value: by the loop (null outside of one), the group and the place in its period.</param>
    /// <param name="body">What is recorded.</param>
    /// <param name="frame">Where it runs.</param>
    /// <param name="index">The statement.</param>
    object? Walk(List<LayerStack> stacks, bool reversed, string counter, string variable,
        Func<Loop?, int, int, object?> value, int body, Frame frame, int index)
    {
        IReadOnlyList<LayerGroup> groups = stacks[0].Groups;
        foreach (int number in Order(groups.Count, reversed))
        {
            LayerGroup group = groups[number];
            if (group.IsLoop)
            {
                Region(group.Repeats, counter, reversed, [.. stacks.SelectMany(s => s.Groups[number].Scopes)], variable,
                    [.. Order(group.Period, reversed)
                        .Select<int, Func<Loop, object?>>(place => loop => value(loop, number, place))],
                    body, frame, index);
                continue;
            }
            Iterate(variable, value(null, number, 0), body, frame);
            if (frame.IsLeaving) break;
        }
        frame.HasBroken = false;
        return null;
    }

    static IEnumerable<int> Order(int count, bool reversed) =>
        reversed ? Enumerable.Range(0, count).Reverse() : Enumerable.Range(0, count);

    /// <summary>Once through a body; the locals it declares are gone afterwards.</summary>
    void Iterate(string variable, object? value, int body, Frame frame)
    {
        HashSet<string> before = [.. frame.Names];
        frame[variable] = value;
        Evaluate(body, frame);
        foreach (string name in frame.Names.Except(before).ToList()) frame.Forget(name);
        frame.Forget(variable);
    }

    /// <summary>
    /// Records a body once for all iterations, or once for each layer of a period: every outer local that it assigns is
    /// carried.
    /// </summary>
    object? Region(
        int count, string counter, bool reversed, IReadOnlyList<StackScope> scopes, string variable,
        IReadOnlyList<Func<Loop, object?>> values, int body, Frame frame, int index)
    {
        List<string> carried = [.. Carried(body, frame)];
        foreach (string name in carried)
        {
            if (frame[name] is Failed) return Failed.Value;
            if (frame[name] is not Tensor)
                return Fail("MC1009", frame, LastAssignment(body, name, frame),
                    $"{name} changes in a loop over layers but is {Describe(frame[name])}: only tensors change " +
                        "there; use for with a counter that does more than index to unroll the loop");
        }
        string source = recorder.Source;
        recorder.Source = frame.Node(index).Text;
        Loop loop = recorder.BeginLoop(count, counter, scopes,
            [.. carried.Select(n => recorder.Import((Tensor)frame[n]!))], reversed);
        for (int i = 0; i < carried.Count; i++)
        {
            if (loop.Carried[i].Name.Length == 0) loop.Carried[i].Name = carried[i];
            frame[carried[i]] = new Tensor(loop.Carried[i]);
        }
        HashSet<string> before = [.. frame.Names];
        foreach (Func<Loop, object?> value in values)
        {
            if (frame.IsLeaving) break;
            foreach (string name in frame.Names.Except(before).ToList()) frame.Forget(name);
            frame[variable] = value(loop);
            Evaluate(body, frame);
        }
        if (frame.IsLeaving) Fail("MC0010", frame, body,
            "a loop over layers runs to its end: move return and break out of it");
        (frame.HasReturned, frame.HasBroken) = (false, false);
        var yields = new List<Value>();
        bool failed = false;
        for (int i = 0; i < carried.Count; i++)
        {
            if (frame[carried[i]] is not Tensor next)
            {
                failed = true;
                continue;
            }
            if (!next.Shape.Equals(loop.Carried[i].Shape))
            {
                Fail("MC1009", frame, LastAssignment(body, carried[i], frame),
                    $"{carried[i]} enters the loop as {loop.Carried[i].Shape} and leaves an iteration as " +
                        $"{next.Shape}: every iteration must keep its shape");
                failed = true;
            }
            else yields.Add(recorder.Import(next));
        }
        List<(CollectedTensors Into, Value Item)> collected = [.. frame.Names.Select(n => frame[n])
            .OfType<CollectedTensors>()
            .Where(c => c.Items.ContainsKey(loop)).Select(c => (c, recorder.Import(c.Items[loop])))];
        recorder.EndLoop(loop, failed ? loop.Carried : yields);
        recorder.Source = source;
        foreach ((CollectedTensors into, Value item) in collected)
        {
            into.Items.Remove(loop);
            into.Stack = recorder.Stack(loop, item);
        }
        for (int i = 0; i < carried.Count; i++) frame[carried[i]] = failed ? Failed.Value : new Tensor(loop.Results[i]);
        foreach (string name in frame.Names.Except(before).ToList()) frame.Forget(name);
        frame.Forget(variable);
        return null;
    }

    /// <summary>
    /// Locals that a body assigns and does not declare itself; a block before it may have left another local of the
    /// same name.
    /// </summary>
    static IEnumerable<string> Carried(int body, Frame frame) =>
        Assigned(body, frame).Except(Declared(body, frame)).Where(frame.Has);

    /// <summary>Names of locals that nodes assign.</summary>
    static IEnumerable<string> Assigned(int index, Frame frame) =>
        Within(index, frame).SelectMany(n => Targets(n, frame)).Select(t => frame.Node(t))
            .Where(t => t.Kind == NodeKind.Local).Select(t => t.Name);

    static IEnumerable<int> Targets(int index, Frame frame) => frame.Node(index) switch
    {
        { Kind: NodeKind.Assign } assign => [assign.Children[0]],
        { Kind: NodeKind.Deconstruct } deconstruct => Within(deconstruct.Children[0], frame),
        _ => [],
    };

    static IEnumerable<string> Declared(int index, Frame frame) =>
        Within(index, frame).Select(frame.Node).Where(n => n.Kind == NodeKind.Declare).Select(n => n.Name);

    static int LastAssignment(int body, string name, Frame frame) =>
        Within(body, frame).Where(n => Targets(n, frame).Any(t => frame.Node(t).Name == name)).DefaultIfEmpty(body)
            .Last();
}
