using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace ModelCompiler.Tests.Package;

/// <summary>Follows every link of a set of pages in Markdown and of their tables of contents.</summary>
static class LinkCheck
{
    /// <summary>What is wrong, a line each.</summary>
    /// <param name="files">Texts by path.</param>
    /// <param name="followed">How many links were followed.</param>
    public static IReadOnlyList<string> Problems(IReadOnlyDictionary<string, string> files, out int followed)
    {
        var problems = new List<string>();
        followed = 0;
        foreach ((string page, string text) in files)
        {
            IEnumerable<string> links = page.EndsWith(".md", StringComparison.Ordinal) ? InMarkdown(text)
                : page.EndsWith("toc.yml", StringComparison.Ordinal) ? Regex.Matches(text, @"(?:href|topicHref): (\S+)").Select(m => m.Groups[1].Value) : [];
            foreach (string link in links)
            {
                followed++;
                if (Problem(files, page, link) is { } problem) problems.Add($"{page}: {link}: {problem}");
            }
        }
        return problems;
    }

    static string? Problem(IReadOnlyDictionary<string, string> files, string page, string link)
    {
        if (link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal))
            return Uri.TryCreate(link, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http" && uri.Host.Contains('.', StringComparison.Ordinal)
                ? null : "no address of the web";
        string[] parts = link.Split('#');
        string target = parts[0].Length == 0 ? page : Resolve(page, parts[0]);
        if (target.EndsWith('/')) target += "toc.yml";   // a folder of a table of contents
        if (!files.TryGetValue(target, out string? there)) return $"there is no {target}";
        return parts.Length < 2 || Anchors(there).Contains(parts[1]) ? null : $"{target} has no place called {parts[1]}";
    }

    /// <summary>Links outside of code.</summary>
    static IEnumerable<string> InMarkdown(string text)
    {
        string prose = WithoutFences(text);
        prose = Regex.Replace(prose, @"(`+).+?\1", "`code`");
        return Regex.Matches(prose, @"(?<!\\)\]\(([^)\s]*)\)").Select(m => m.Groups[1].Value);
    }

    static HashSet<string> Anchors(string text)
    {
        string prose = WithoutFences(text);
        IEnumerable<string> written = Regex.Matches(prose, @"<a id=""([^""]+)"">").Select(m => m.Groups[1].Value);
        // A renderer's own names of headings: small letters, spaces as hyphens, other characters left out.
        IEnumerable<string> headings = Regex.Matches(prose, @"^#+ (.+)$", RegexOptions.Multiline)
            .Select(m => Regex.Replace(m.Groups[1].Value.ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-'));
        return [.. written, .. headings];
    }

    static string WithoutFences(string text) => Regex.Replace(text, @"^```.*?^```", "", RegexOptions.Multiline | RegexOptions.Singleline);

    static string Resolve(string page, string link)
    {
        var path = new List<string>(page.Split('/')[..^1]);
        foreach (string part in link.Split('/'))
        {
            if (part == ".." && path.Count > 0) path.RemoveAt(path.Count - 1);
            else if (part != ".") path.Add(part);
        }
        return string.Join('/', path);
    }
}
