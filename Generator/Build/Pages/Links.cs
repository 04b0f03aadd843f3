using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace ModelCompiler.Build.Pages;

/// <summary>Which page every member and every diagnostic is on.</summary>
sealed class Links
{
    readonly Dictionary<string, string> members = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> diagnostics = new(StringComparer.Ordinal);

    /// <param name="id">As in documentation files.</param>
    /// <param name="target">Path from the root of the pages, and an anchor where there is one.</param>
    public void AddMember(string id, string target) => members.TryAdd(id, target);

    public void AddDiagnostic(string id, string target) => diagnostics.Add(id, target);

    /// <summary>The page of a member; null where it has none, such as the framework's.</summary>
    public string? Of(string id) => members.GetValueOrDefault(id);

    public string? OfDiagnostic(string id) => diagnostics.GetValueOrDefault(id);

    /// <summary>A name for a heading's place in a page: small letters and digits.</summary>
    public static string Anchor(string name) =>
        Regex.Replace(name.ToLowerInvariant(), "[^a-z0-9]+", "-").Trim('-');

    /// <summary>The way from a page to another.</summary>
    public static string Relative(string from, string to)
    {
        string[] here = from.Split('/')[..^1], there = to.Split('/');
        int common = 0;
        while (common < here.Length && common < there.Length - 1 && here[common] == there[common]) common++;
        return string.Concat(Enumerable.Repeat("../", here.Length - common)) + string.Join('/', there[common..]);
    }
}
