using System.Linq;
using System.Text;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>C# names for values: the user's variable, or the layer's field path and the operation.</summary>
static class BufferNames
{
    public static string Of(Value value)
    {
        if (value.Name.Length > 0) return Pascal(value.Name);
        string op = Pascal(value.Op.Name.Replace('_', '.'));
        return value.Scope.Length > 0 ? Pascal(value.Scope) + op : op;
    }

    /// <summary>"blocks.*.attention.query" → "BlocksAttentionQuery".</summary>
    public static string Pascal(string path)
    {
        var text = new StringBuilder();
        foreach (string part in path.Split('.', '*', '_', ' ', '[', ']').Where(p => p.Length > 0))
            text.Append(char.ToUpperInvariant(part[0])).Append(part, 1, part.Length - 1);
        return text.Length == 0 || char.IsDigit(text[0]) ? "V" + text : text.ToString();
    }

    public static string Camel(string path)
    {
        string pascal = Pascal(path);
        return char.ToLowerInvariant(pascal[0]) + pascal.Substring(1);
    }
}
