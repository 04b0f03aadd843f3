using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>How often a value changes: once a kernel, once a row, or with every element.</summary>
enum Level { Kernel, Row, Element }

/// <summary>
/// Turns the values of a kernel into locals, each at the outermost level it can stand at. What an operand's address is,
/// the kernel's own lowering says.
/// </summary>
sealed class ExpressionLowering(
    Kernel kernel, KernelAccesses accesses, System.Func<Value, AxisMap,
        (Level Level, string Expression, LoopNode? Load)> operand,
    System.Func<int, (Level Level, string Vector)> index, KernelBuilder builder)
{
    readonly KernelLanguage language = builder.Language;
    readonly Dictionary<(Value, string), (Level Level, string Name)> known = [];
    readonly List<(Value, string)> inElement = [];

    /// <summary>Statements for the start of the kernel, of the row, and of the element loop being built.</summary>
    public List<LoopNode> KernelNodes { get; set; } = [];
    public List<LoopNode> RowNodes { get; set; } = [];
    public List<LoopNode> ElementNodes { get; set; } = [];

    /// <summary>Called after an element-level value has been computed.</summary>
    public System.Action<Value, string> Computed { get; set; } = (_, _) => { };

    /// <summary>An element-level value that can be read instead of computed; null if it must be computed.</summary>
    public System.Func<Value, (string Pointer, StorageType Storage)?> Reload { get; set; } = _ => null;

    /// <summary>An element-level value that is still in a register of an earlier loop; null if it is not.</summary>
    public System.Func<Value, string?> Kept { get; set; } = _ => null;

    /// <summary>Forgets the element-level names: a new loop over the row begins.</summary>
    public void NextPass()
    {
        foreach ((Value, string) key in inElement) known.Remove(key);
        inElement.Clear();
    }

    /// <summary>Says what a reduction or other value is called.</summary>
    public void Define(Value value, Level level, string name) => known[(value, "")] = (level, name);

    /// <summary>The C# of a value at a place; statements it needs are appended.</summary>
    public (Level Level, string Text) Evaluate(Value value, AxisMap map)
    {
        if (value.Is(Primitives.Constant)) return (Level.Kernel,
            language.Constant(value.Attributes.Number));
        if (known.TryGetValue((value, ""), out var reduction)) return reduction;
        string key = value.Kernel == kernel
            && kernel.Outputs.Contains(value) ? accesses.RootMap(value).ToString() : map.ToString();
        if (known.TryGetValue((value, key), out var found)) return found;
        (Level Level, string Name) result = Compute(value, map, key);
        known[(value, key)] = result;
        if (result.Level == Level.Element) inElement.Add((value, key));
        return result;
    }

    (Level, string) Compute(Value value, AxisMap map, string key)
    {
        bool isOwn = value.Kernel == kernel && value != accesses.Outside;
        AxisMap?[] maps = isOwn && value.Op.Kind != PrimitiveKind.Source
            ? [.. value.Inputs.Select((_, i) => accesses.InputMap(value, i, map))] : [];
        if (value.Op.Kind != PrimitiveKind.Source && (!isOwn || maps.Any(m => m is null)))
            return Read(value.Is(Primitives.Slice) && value.Kernel == kernel
                && kernel.Outputs.Contains(value) ? accesses.Unstored(value) : value, map, key);
        if (value.Is(Primitives.Range))
        {
            if (map.Axes[0] < 0) return (Level.Kernel, language.Zero);
            (Level level, string vector) = index(map.Axes[0]);
            return Emit(value, level, vector, key);
        }
        if (value.Is(Primitives.RandomUniform)) return Read(value, map, key);
        if (value.Is(Structure.LossScale))
            return Emit(value, Level.Kernel, language.Repeat(builder.LossScale()), key);
        if (value.Is(Primitives.Value))
            return Emit(value, Level.Kernel, language.Number(builder.Divisor(value.Attributes.Start)), key);
        if (Kept(value) is { } register) return Emit(value, Level.Element, register, key);
        if (Reload(value) is { } stored)
        {
            string name = builder.Local(value, key);
            ElementNodes.Add(new LoadVector(name, stored.Pointer, stored.Storage));
            return (Level.Element, name);
        }
        (Level Level, string Text)[] inputs = [.. value.Inputs.Select((input, i) => Evaluate(input, maps[i]!))];
        Level highest = inputs.Length == 0 ? Level.Kernel : inputs.Max(i => i.Level);
        if (value.Op.Kind == PrimitiveKind.View)
            return IsRounded(value) ? Emit(value, highest, language.Round(value.Storage, inputs[0].Text), key)
                : inputs[0];
        string formula = language.Apply(value, [.. inputs.Select(i => (object)i.Text)]);
        (Level level2, string text) = Emit(value, highest,
            IsRounded(value) ? language.Round(value.Storage, formula) : formula, key);
        if (level2 == Level.Element) Computed(value, text);
        return (level2, text);
    }

    /// <summary>
    /// Whether others in this kernel read what it stores: they are to see the number that is stored, as readers in
    /// other kernels do. Where the gradient asks which element was the largest, it must find it again.
    /// </summary>
    public bool IsRounded(Value value) => value.Storage.IsLow() && kernel.Outputs.Contains(value)
        && value.Region.Values.Any(v => v.Kernel == kernel && v.Inputs.Contains(value));

    (Level, string) Read(Value value, AxisMap map, string key)
    {
        (Level level, string expression, LoopNode? load) = operand(value, map);
        if (load is null) return Emit(value, level, expression, key);
        ElementNodes.Add(load);
        return (level, expression);
    }

    (Level, string) Emit(Value value, Level level, string expression, string key)
    {
        string name = builder.Local(value, key);
        (level switch { Level.Kernel => KernelNodes, Level.Row => RowNodes, _ => ElementNodes })
            .Add(new Let(language.Type(value.Type), name, expression));
        return (level, name);
    }
}
