using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>C# names for values: the user's variable, or the layer's field path and the operation.</summary>
static class BufferNames
{
    static readonly Regex Steps = new(@"(\d+)\+(\d+)\*", RegexOptions.CultureInvariant);

    public static string Of(Value value)
    {
        if (value.Is(Structure.Parameter) || value.Is(Structure.Input)) return Pascal(value.Name);
        if (value.Name.Length == 0 && Source(value) is { } source) return Of(source);
        string own = Pascal(value.Name.Length > 0 ? value.Name : value.Op.Name.Replace('_', '.'));
        // A parameter's path, or its gradient's, says all by itself.
        return value.Scope.Length == 0 || value.Name.Contains('.') ? own : Pascal(value.Scope) + own;
    }

    /// <summary>The value that one shows: through views, slices, stacks and carried slots.</summary>
    static Value? Source(Value value)
    {
        if (value.Is(Structure.Stacked)) return value.Loop!.Stacked.FirstOrDefault(s => s.Outer == value)?.Inner;
        if (value.Is(Structure.Carried)) return value.Loop!.Carried[value.Loop.Results.IndexOf(value)];
        if (value.Is(Structure.Carry)) return value.Loop!.Carried.IndexOf(value) is var slot and >= 0
            ? value.Loop.Initial[slot] : null;
        bool isShown = value.Is(Structure.At) || value.Is(Structure.Pick) || value.Op.Kind == PrimitiveKind.View
            && value.Kernel is null;
        return isShown && value.Inputs.Length > 0 ? value.Inputs[0] : null;
    }

    /// <summary>"blocks.*.attention.query" → "BlocksAttentionQuery"; "blocks.1+2*.up" → "BlocksFrom1By2Up".</summary>
    public static string Pascal(string path)
    {
        var text = new StringBuilder();
        string spelled = path.IndexOf('+') < 0 ? path : Steps.Replace(path, "From$1By$2");
        foreach (string part in spelled.Split('.', '*', '_', ' ', '[', ']').Where(p => p.Length > 0))
            text.Append(char.ToUpperInvariant(part[0])).Append(part, 1, part.Length - 1);
        return text.Length == 0 || char.IsDigit(text[0]) ? "V" + text : text.ToString();
    }

    public static string Camel(string path)
    {
        string pascal = Pascal(path);
        return char.ToLowerInvariant(pascal[0]) + pascal.Substring(1);
    }
}
