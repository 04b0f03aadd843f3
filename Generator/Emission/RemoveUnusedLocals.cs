using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace ModelCompiler.Emission;

/// <summary>
/// Removes from a kernel's lines the locals that nothing reads: an index of a loop that only uses registers, registers
/// that no later pass looks at.
/// <code>
/// float gainKept[24];  …  gainKept[k * 8 + e] = gain;  …    →  (both lines go)
/// </code>
/// </summary>
static class RemoveUnusedLocals
{
    static readonly Regex Number = Of(@"^\s*const \w+ (?<name>\w+) = [^;]*;$");
    static readonly Regex Several = Of(@", \w+ = ");
    static readonly Regex Registers = Of(@"^\s*float (?<name>\w+)\[\d+\];$");
    static readonly Regex Assigned = Of(@"^\s*(?<name>\w+)\[[^\]]*\] = [^;]*;$");
    static readonly Regex Word = Of(@"[A-Za-z_]\w*");

    static Regex Of(string pattern) => new(pattern, RegexOptions.CultureInvariant);

    public static IReadOnlyList<string> Run(IReadOnlyList<string> lines)
    {
        while (true)
        {
            Dictionary<string, int> uses = [];
            foreach (Match word in lines.SelectMany(l => Word.Matches(l).Cast<Match>()))
                uses[word.Value] = uses.TryGetValue(word.Value, out int count) ? count + 1 : 1;
            Dictionary<string, int> writes = lines.Select(l => Assigned.Match(l)).Where(m => m.Success)
                .GroupBy(m => m.Groups["name"].Value).ToDictionary(g => g.Key, g => g.Count());
            HashSet<string> registers = [.. lines.Select(l => Registers.Match(l)).Where(m => m.Success)
                .Select(m => m.Groups["name"].Value)
                .Where(n => uses[n] == 1 + (writes.TryGetValue(n, out int count) ? count : 0))];
            List<string> left = [.. lines.Where((l, i) => !IsUnusedNumber(lines, i)
                && !registers.Contains(Registers.Match(l).Groups["name"].Value)
                && !registers.Contains(Assigned.Match(l).Groups["name"].Value))];
            if (left.Count == lines.Count) return left;
            lines = left;
        }
    }

    /// <summary>Whether the rest of its block does not name it: other blocks may have one of that name too.</summary>
    static bool IsUnusedNumber(IReadOnlyList<string> lines, int line)
    {
        Match number = Number.Match(lines[line]);
        if (!number.Success || Several.IsMatch(lines[line])) return false;
        string name = number.Groups["name"].Value;
        int depth = Depth(lines[line]);
        return !lines.Skip(line + 1).TakeWhile(l => l.Length == 0 || Depth(l) >= depth)
            .Any(l => Word.Matches(l).Cast<Match>().Any(w => w.Value == name));
    }

    static int Depth(string line) => line.TakeWhile(c => c == ' ').Count();
}
