using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace ModelCompiler.IR;

/// <summary>C# names out of field paths and words.</summary>
static class Identifiers
{
    static readonly Regex Steps = new(@"(\d+)\+(\d+)\*", RegexOptions.CultureInvariant);

    /// <summary>
    /// "blocks.*.attention.query" → "BlocksAttentionQuery", "blocks.1+2*.up" → "BlocksFrom1By2Up"; a word said twice in
    /// a row is said once.
    /// </summary>
    public static string Pascal(string path)
    {
        var text = new StringBuilder();
        string last = "";
        string spelled = path.IndexOf('+') < 0 ? path : Steps.Replace(path, "From$1By$2");
        foreach (string part in spelled.Split('.', '*', '_', ' ', '[', ']').Where(p => p.Length > 0))
        {
            string word = char.ToUpperInvariant(part[0]) + part.Substring(1);
            if (word != last) text.Append(word);
            last = word;
        }
        return text.Length == 0 || char.IsDigit(text[0]) ? "V" + text : text.ToString();
    }

    public static string Camel(string path)
    {
        string pascal = Pascal(path);
        return char.ToLowerInvariant(pascal[0]) + pascal.Substring(1);
    }

    /// <summary>A name nobody has yet: as wished, or with the lowest free number from 2.</summary>
    public static string Unique(string wish, HashSet<string> taken)
    {
        string name = wish;
        for (int i = 2; !taken.Add(name); i++) name = wish + i.ToString(CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>Parameters' names in order: paths such as "up.weight" and "upWeight" would give the same one.</summary>
    public static Dictionary<Value, string> Of(IEnumerable<Value> parameters)
    {
        // A member cannot be called like its class.
        HashSet<string> taken = ["Offsets"];
        return parameters.ToDictionary(p => p, p => Unique(Pascal(p.Name), taken));
    }
}
