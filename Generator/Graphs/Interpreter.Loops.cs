using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>Loops: over repeated layers they stay loops, all others are unrolled.</summary>
sealed partial class Interpreter
{
    const int MostIterations = 10_000;

    object? ForEach(Node node, int index, Frame frame)
    {
        object? collection = Evaluate(node.Children[0], frame);
        if (collection is Array layers && Operators.ScopeOf(layers) is { } scope && !recorder.IsOpen(scope))
            return Region(scope.Count, "layer", false, [scope], node.Name, _ =>
                layers.GetValue(0), node.Children[1], frame, index);
        if (collection is CollectedTensors collected) collection = Elements(collected, node.Children[0], frame);
        if (collection is Failed) return collection;
        if (collection is not Array items)
            return Fail("MC0010", frame, node.Children[0],
                "foreach walks over arrays of layers or other arrays known at build");
        // The loop around walks over the same layers: only one of the two can stay a loop.
        if (Operators.ScopeOf(items) is { } open)
            items = Enumerable.Range(0, open.Count).Select(i => new PickedLayer(items.GetValue(0)!, open, i)).ToArray();
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

    /// <summary>A counting loop stays a loop if its counter does nothing but index what is as long as the loop.</summary>
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
            if (isWhole && Stacks(node.Name, body, frame, trips.Count) is { } scopes)
            {
                frame.Forget(node.Name);
                return Region(trips.Count, node.Name, !rises, scopes, node.Name, loop =>
                    new LayerCounter(loop), body, frame, index);
            }
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
    /// The same body over and over, with nothing but tensors of fixed shapes handed on, stays a loop as well; if that does not hold, what was
    /// recorded is taken back.
    /// </summary>
    bool TryRegion(int count, Node node, int body, Frame frame, int index)
    {
        string[] carried = [.. Carried(body, frame)];
        if (carried.Length == 0 || carried.Any(n => frame[n] is not Tensor)) return false;
        if (Within(body, frame).Any(n => frame.Node(n).Kind is NodeKind.Break or NodeKind.Return)) return false;
        var mark = recorder.Mark();
        int errorsBefore = errors.Count;
        var before = carried.ToDictionary(n => n, n => frame[n]);
        object? counter = frame[node.Name];
        frame.Forget(node.Name);
        Region(count, node.Name, false, [], node.Name, _ => Failed.Value, body, frame, index);
        if (errors.Count == errorsBefore) return true;
        if (errors.Skip(errorsBefore).Any(e => e.Id != "MC1009")) return true;
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

    /// <summary>The repetitions a counter indexes, if indexing is all it does and at least one array is walked over; else null.</summary>
    List<StackScope>? Stacks(string counter, int body, Frame frame, int count)
    {
        List<int> uses = [.. Uses(counter, body, frame)];
        List<int> indexing = [.. Within(body, frame)
            .Where(n => frame.Node(n) is { Kind: NodeKind.Index } i && uses.Contains(i.Children[1]))];
        if (uses.Count == 0 || uses.Count != indexing.Count) return null;
        var scopes = new List<StackScope>();
        foreach (int n in indexing)
            switch (Known(frame.Node(n).Children[0], frame))
            {
                case CollectedTensors collected when collected.Count == count:
                    break;
                case Array layers when Operators.ScopeOf(layers) is { } scope && scope.Count == count && !recorder.IsOpen(scope):
                    if (!scopes.Contains(scope)) scopes.Add(scope);
                    break;
                default:
                    return null;
            }
        return scopes.Count > 0 ? scopes : null;
    }

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

    static IEnumerable<int> Within(int index, Frame frame) =>
        index < 0 ? [] : frame.Node(index).Children.SelectMany(c => Within(c, frame)).Prepend(index);

    /// <summary>Records a body once for all iterations: every outer local that it assigns is carried.</summary>
    object? Region(
        int count, string counter, bool reversed, IReadOnlyList<StackScope> scopes, string variable, Func<Loop,
            object?> value, int body, Frame frame, int index)
    {
        List<string> carried = [.. Carried(body, frame)];
        foreach (string name in carried)
        {
            if (frame[name] is Failed) return Failed.Value;
            if (frame[name] is not Tensor)
                return Fail("MC1009", frame, LastAssignment(body, name, frame),
                    $"{name} changes in a loop over layers but is {Describe(frame[name])}: only tensors change there; use for with a counter that does more than index to unroll the loop");
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
        frame[variable] = value(loop);
        HashSet<string> before = [.. frame.Names];
        Evaluate(body, frame);
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
                    $"{carried[i]} enters the loop as {loop.Carried[i].Shape} and leaves an iteration as {next.Shape}: every iteration must keep its shape");
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

    /// <summary>Locals that a body assigns and does not declare itself; a block before it may have left another local of the same name.</summary>
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
