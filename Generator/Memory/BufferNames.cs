using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>C# names for values: those they have been given, or that of what they show.</summary>
static class BufferNames
{
    public static string Of(Value value)
    {
        if (Named(value) is { } named) return Identifiers.Pascal(named.Name);
        return Identifiers.Pascal(value.Scope.Length == 0 ? value.Op.Name : $"{value.Scope}.{value.Op.Name}");
    }

    /// <summary>The value with a name that one is or shows; null if there is none.</summary>
    public static Value? Named(Value value)
    {
        bool isStored = value.Kernel is not null && value.IsStored;
        if (!isStored && Source(value) is { } source) return Named(source) ?? (value.Name.Length > 0 ? value : null);
        return value.Name.Length > 0 ? value : null;
    }

    /// <summary>The value that one shows: through views, slices, stacks and carried slots.</summary>
    static Value? Source(Value value)
    {
        if (value.Is(Structure.Stacked)) return value.Loop!.Stacked.FirstOrDefault(s => s.Outer == value)?.Inner;
        if (value.Is(Structure.Carried)) return value.Loop!.Carried[value.Loop.Results.IndexOf(value)];
        bool isShown = value.Is(Structure.At) || value.Is(Structure.Pick) || value.Op.Kind == PrimitiveKind.View;
        return isShown && value.Inputs.Length > 0 ? value.Inputs[0] : null;
    }
}
