using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ModelCompiler.Build.Pages;

/// <summary>Documentation elements as Markdown of one page, with links relative to that page.</summary>
/// <param name="links">Where members have their page.</param>
/// <param name="page">Path of the page that is written.</param>
sealed partial class Prose(Links links, string page)
{
    const string Fields = "Source|Numerics|Error|Memory|Errors|Parameters|States";

    /// <summary>One line, for summaries and cells of tables.</summary>
    public string Line(XElement? element) =>
        element is null ? "" : Regex.Replace(Render(element), @"\s+", " ").Trim();

    /// <summary>Paragraphs.</summary>
    public string Paragraphs(XElement? element) => element is null ? "" : string.Join("\n\n",
        Regex.Split(Render(element), @"\n\s*\n").Select(p => Regex.Replace(p, @"\s+", " ").Trim())
            .Where(p => p.Length > 0));

    /// <summary>Remarks taken apart: what stands before the first field, and each field with its text.</summary>
    public (string Text, IReadOnlyList<(string Field, string Text)> Fields) Remarks(XElement? remarks)
    {
        string all = Paragraphs(remarks);
        MatchCollection marks = Field().Matches(all);
        if (marks.Count == 0) return (all, []);
        var fields = new List<(string, string)>();
        for (int i = 0; i < marks.Count; i++)
        {
            int start = marks[i].Index + marks[i].Length, end = i + 1 < marks.Count ? marks[i + 1].Index : all.Length;
            fields.Add((marks[i].Groups[1].Value, Regex.Replace(all[start..end], @"\s+", " ").Trim()));
        }
        return (all[..marks[0].Index].Trim(), fields);
    }

    /// <summary>Text of an example without the indentation of its comment.</summary>
    public static string Code(XElement example) =>
        string.Join("\n\n", example.Elements("code").Select(c => Outdent(c.Value)));

    /// <summary>Text that Markdown shows as it is; ids of diagnostics become links.</summary>
    public string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (c == '@') result.Append("&#64;");   // otherwise a cross reference of DocFX
            else if (c == '<') result.Append("&lt;");
            else if (c is '\\' or '*' or '_' or '`' or '[' or ']' or '|' or '~' or '#') result.Append('\\').Append(c);
            else result.Append(c);
        }
        return Diagnostic().Replace(result.ToString(), m => Link(m.Value, links.OfDiagnostic(m.Value)));
    }

    /// <summary>The page of a member; null where it has none.</summary>
    public string? TargetOf(string id) => links.Of(id);

    /// <summary>A link, or the text alone where there is nothing to link to.</summary>
    public string Link(string text, string? target) =>
        target is null ? text : $"[{text}]({Links.Relative(page, target)})";

    static string Outdent(string code)
    {
        string[] lines = [.. code.TrimEnd().Split('\n').Select(l => l.TrimEnd())];
        int start = lines[0].Length == 0 ? 1 : 0;
        // What follows the element's tag in its line has no indentation of its own.
        int indent = lines.Skip(1).Where(l => l.Length > 0).Select(l => l.Length - l.TrimStart().Length)
            .DefaultIfEmpty(0).Min();
        return string.Join("\n", lines.Skip(start).Select((l, i) => start + i == 0 || l.Length == 0 ? l : l[indent..]));
    }

    string Render(XElement element)
    {
        var text = new StringBuilder();
        foreach (XNode node in element.Nodes())
        {
            if (node is XText plain) text.Append(Escape(Regex.Replace(plain.Value, @"\s+", " ")));
            else if (node is XElement child) text.Append(Element(child));
        }
        return text.ToString();
    }

    string Element(XElement element) => element.Name.LocalName switch
    {
        "para" => "\n\n" + Render(element) + "\n\n",
        "b" => $"**{Render(element)}**",
        "i" or "em" => $"*{Render(element)}*",
        "c" => Inline(element.Value),
        "paramref" or "typeparamref" => Inline((string)element.Attribute("name")!),
        "see" or "seealso" when element.Attribute("cref") is { } cref => Reference(cref.Value),
        "see" when element.Attribute("langword") is { } word => Inline(word.Value),
        "see" when element.Attribute("href") is { } href =>
            $"[{(element.Value.Length > 0 ? Escape(element.Value) : href.Value)}]({href.Value})",
        "list" => "\n\n" + string.Join(" ", element.Elements("item").Select(i => "• " + Render(i))) + "\n\n",
        _ => Render(element),
    };

    string Reference(string cref)
    {
        string name = cref[2..].Split('(')[0].Replace(".#ctor", "", StringComparison.Ordinal);
        string last = Regex.Replace(name[(name.LastIndexOf('.') + 1)..], @"`+\d+", "");
        if (cref[0] is 'T' && last.EndsWith("Attribute", StringComparison.Ordinal) && links.Of(cref) is not null)
            last = $"[{last[..^"Attribute".Length]}]";
        return Link(Inline(last), links.Of(cref));
    }

    /// <summary>Code in a line; in tables a bar would end the cell.</summary>
    static string Inline(string code)
    {
        string text = Regex.Replace(code, @"\s+", " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
        return text.Contains('`') ? $"`` {text} ``" : $"`{text}`";
    }

    [GeneratedRegex(@"(?<=^|\s)(?:\*\*)?(" + Fields + @")(?:\*\*)?:\s")]
    private static partial Regex Field();

    [GeneratedRegex(@"\bMC\d{4}\b")]
    private static partial Regex Diagnostic();
}
