using System.Text.RegularExpressions;

namespace ModelCompiler.Infrastructure;

/// <summary>Patterns of names: * stands for any characters, dots included, ? for one.</summary>
static class Glob
{
    public static bool Matches(string pattern, string name) => Regex.IsMatch(name,
        "^" + Regex.Escape(pattern).Replace(@"\*", ".*").Replace(@"\?", ".") + "$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline);
}
