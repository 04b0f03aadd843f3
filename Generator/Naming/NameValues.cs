using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Naming;

/// <summary>
/// Gives every value that generated code mentions a name of its own: the user's variable, or the layer's field path,
/// the composed operator and the primitive; what leaves a layer or an operator is called after it.
/// <code>
/// n1 = sum(x) @before.Mean                      n2 = divide(n1, 128) @before.Mean
/// →   n1 "beforeMeanSum" = sum(x)               n2 "beforeMean" = divide(n1, 128)
/// </code>
/// It runs before the gradient, so that gradients are called after what they belong to, and again once kernels are
/// known, for what the passes between have added. A value that a kernel computes again for itself keeps the name of the
/// one it repeats.
/// </summary>
sealed class NameValues
{
    readonly Graph graph;
    readonly Dictionary<Value, List<Value>> readers;
    readonly HashSet<string> taken;
    readonly Dictionary<string, Value> owners = [];
    readonly bool hasKernels;

    NameValues(Graph graph)
    {
        (this.graph, readers) = (graph, graph.Readers());
        hasKernels = graph.Root.AllValues().Any(v => v.Kernel is not null);
        // Parameters, arguments and dims have names already; the class of the buffers has two of its own.
        taken = ["Bytes", "Buffers", .. Identifiers.Of(graph.Parameters).Values,
            .. graph.Inputs.Select(i => Identifiers.Pascal(i.Name)),
            .. graph.Dims.Select(d => Identifiers.Pascal(d.Name))];
    }

    public static void Run(Graph graph)
    {
        var pass = new NameValues(graph);
        List<Value> named = [.. graph.Root.AllValues().Where(pass.IsNamed)];
        // The user's own variables first: nothing else takes their names.
        foreach (Value value in named.Where(v => v.Name.Length > 0)) pass.Settle(value, pass.WishOf(value));
        foreach (Value value in named.Where(v => v.Name.Length == 0)) pass.Settle(value, pass.WishOf(value));
        if (pass.hasKernels) pass.NameStoredViews();
    }

    /// <summary>Views are named like what they show, sources by what they are.</summary>
    bool IsNamed(Value value) => value.Op.Kind switch
    {
        PrimitiveKind.Source or PrimitiveKind.View => false,
        PrimitiveKind.Structure => value.Is(Structure.Carry) || value.Is(Structure.Place),
        _ => true,
    };

    string WishOf(Value value)
    {
        if (value.Is(Structure.Carry)) return WishOfSlot(value);
        // The variable that a loop carries has its next value here.
        if (value.Region.Owner is { } loop && loop.Yields.IndexOf(value) is var slot and >= 0 && value.Name.Length > 0
            && loop.Carried[slot].Name is { Length: > 0 } carried
            && (carried == value.Name || carried == Identifiers.Camel(value.Name))) return carried + " next";
        string own = value.Name.Length > 0 ? value.Name : LeavesItsScope(value) ? "" : value.Op.Name;
        // A gradient's name says all by itself: "d x".
        return value.Scope.Length == 0 || value.Name.Contains(' ') ? own : $"{Short(value.Scope)}.{own}";
    }

    /// <summary>
    /// A scope without the operators between: of nested ones the innermost says what is computed, the outermost only
    /// where no field says for what. Fields' names begin with a small letter, operators' with a capital one.
    /// </summary>
    static string Short(string scope)
    {
        string[] parts = scope.Split('.');
        bool hasField = !char.IsUpper(parts[0][0]);
        return string.Join(".",
            parts.Where((part, i) => !char.IsUpper(part[0]) || i == parts.Length - 1 || i == 0 && !hasField));
    }

    /// <summary>
    /// A carried slot is the variable that enters the loop; an argument that enters stays apart from it.
    /// </summary>
    static string WishOfSlot(Value carry)
    {
        Loop loop = carry.Region.Owner!;
        Value initial = Shown(loop.Initial[loop.Carried.IndexOf(carry)]);
        string name = carry.Name.Length > 0 ? carry.Name : initial.Name.Length > 0 ? initial.Name
            : loop.Index + ".state";
        return initial.Is(Structure.Input) || initial.Is(Structure.Parameter) ? name + " carried" : name;
    }

    void Settle(Value value, string wish)
    {
        string name = Identifiers.Pascal(wish);
        if (owners.TryGetValue(name, out Value? owner) && MayShare(value, owner)) { }
        else if (owner is not null && hasKernels && IsCopy(value, owner)) name = Claim(value, name + "Again");
        else name = Claim(value, name);
        (value.Name, value.Scope) = (Identifiers.Camel(name), "");
    }

    string Claim(Value value, string name)
    {
        // A buffer cannot be called like the class it is a member of.
        if (name.EndsWith("Buffers", System.StringComparison.Ordinal)) name += "Value";
        string unique = Identifiers.Unique(name, taken);
        owners[unique] = value;
        return unique;
    }

    bool MayShare(Value value, Value owner)
    {
        // A variable and the slot that carries it on are one variable.
        if (value.Is(Structure.Carry))
            return Shown(value.Region.Owner!.Initial[value.Region.Owner.Carried.IndexOf(value)]) == owner;
        return hasKernels && IsCopy(value, owner) && !(value.IsStored && owner.IsStored);
    }

    /// <summary>Computed once more, in another kernel or for the gradient.</summary>
    static bool IsCopy(Value value, Value owner) =>
        value.Op == owner.Op && value.Shape.Equals(owner.Shape) && !value.Name.Contains(' ') && value.Scope.Length == 0;

    /// <summary>Whether it is what a layer or a composed operator hands on: something outside reads it.</summary>
    bool LeavesItsScope(Value value) => value.Scope.Length > 0 && readers.TryGetValue(value, out List<Value>? list)
        && list.Any(reader => IsOutside(reader, value)) || value.Scope.Length > 0 && graph.Results.Contains(value);

    bool IsOutside(Value reader, Value value)
    {
        if (reader.Op.Kind == PrimitiveKind.View)
            return graph.Results.Contains(reader) || readers.TryGetValue(reader, out List<Value>? list)
                && list.Any(r => IsOutside(r, value));
        return reader.Is(Structure.Loop)
            || reader.Scope != value.Scope
                && !reader.Scope.StartsWith(value.Scope + ".", System.StringComparison.Ordinal);
    }

    /// <summary>A view that a kernel writes has the numbers of what it shows, and its name.</summary>
    void NameStoredViews()
    {
        foreach (Value view in graph.Root.AllValues()
            .Where(v => v.Op.Kind == PrimitiveKind.View && v.Kernel is not null && v.IsStored))
        {
            Value shown = Shown(view);
            bool isSame = shown.Kernel == view.Kernel && !shown.IsStored && shown.Name.Length > 0;
            if (view.Name.Length > 0) Settle(view, view.Scope.Length > 0 ? $"{Short(view.Scope)}.{view.Name}"
                : view.Name);
            else if (isSame) (view.Name, view.Scope) = (shown.Name, "");
            else if (SlotOf(view) is { Name.Length: > 0 } slot) (view.Name, view.Scope) = (slot.Name, "");
            else Settle(view, (shown.Name.Length > 0 ? shown.Name : view.Scope) + "." + view.Op.Name);
        }
    }

    /// <summary>The carried slot that a sum's zeros are made for: they are its first value.</summary>
    static Value? SlotOf(Value view) =>
        view.Region.Values.Where(v => v.Is(Structure.Loop) && v.Loop!.Initial.Contains(view))
        .Select(v => v.Loop!.Carried[v.Loop.Initial.IndexOf(view)]).FirstOrDefault();

    static Value Shown(Value value)
    {
        while (value.Op.Kind == PrimitiveKind.View && value.Inputs.Length > 0) value = value.Inputs[0];
        return value;
    }
}
