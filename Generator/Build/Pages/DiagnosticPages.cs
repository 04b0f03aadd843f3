using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Build.Pages;

/// <summary>One page for every diagnostic, and an index by what they are about.</summary>
sealed class DiagnosticPages(Links links, IReadOnlyList<DiagnosticEntry> diagnostics)
{
    public const string Index = "reference/diagnostics/index.md";

    static readonly (string Prefix, string Title)[] Groups =
    [
        ("MC0", "Declaration and language"), ("MC1", "Shapes and types"), ("MC2", "Gradients"),
        ("MC3", "Precision"), ("MC4", "Target and memory"), ("MC9", "The compiler itself"),
    ];

    static string PageOf(string id) => $"reference/diagnostics/{id}.md";

    public void AddLinks()
    {
        foreach (DiagnosticEntry entry in diagnostics) links.AddDiagnostic(entry.Id, PageOf(entry.Id));
    }

    /// <summary>Writes the pages.</summary>
    /// <param name="pages">Holds those of operators and layers, which name the diagnostics they can raise.</param>
    public void Write(PageFolder pages)
    {
        ILookup<string, string> raisedBy = pages.Files
            .Where(p => p.Key.StartsWith("reference/operators/", StringComparison.Ordinal)
                || p.Key.StartsWith("reference/layers/", StringComparison.Ordinal))
            .SelectMany(p => diagnostics.Where(d => p.Value.Contains(d.Id, StringComparison.Ordinal))
                .Select(d => (d.Id, Page: p.Key)))
            .ToLookup(p => p.Id, p => p.Page, StringComparer.Ordinal);
        foreach (DiagnosticEntry entry in diagnostics)
            pages.Add(PageOf(entry.Id), Page(entry, [.. raisedBy[entry.Id]]));
        pages.Add(Index, IndexPage());
        pages.Add("reference/diagnostics/toc.yml", "- name: All diagnostics\n  href: index.md\n" + string.Concat(
            Present().Select(g => $"- name: {g.Title}\n  items:\n" + string.Concat(g.Entries.Select(e =>
                $"  - name: '{e.Id} {Quoted(e.Title)}'\n    href: {e.Id}.md\n")))));
    }

    string Page(DiagnosticEntry entry, IReadOnlyList<string> raisedBy)
    {
        string page = PageOf(entry.Id);
        var text = new PageText(new Prose(links, page));
        text.Heading(1, $"{entry.Id}: {Escape(entry.Title)}");
        text.Table(["Severity", "About"], [[entry.Severity, Groups.Single(g => entry.Id.StartsWith(g.Prefix,
            StringComparison.Ordinal)).Title]]);
        text.Paragraph(entry.Text);
        if (entry.Example.Length > 0)
        {
            text.Heading(2, "Example");
            text.Paragraph(entry.Example);
        }
        if (raisedBy.Count > 0)
        {
            text.Heading(2, "Raised by");
            foreach (string other in raisedBy.Order(StringComparer.Ordinal))
            {
                string[] parts = other[..^".md".Length].Split('/');
                text.Line($"- [{parts[^1]}]({Links.Relative(page, other)}) ({parts[1]})");
            }
        }
        return text.ToString();
    }

    string IndexPage()
    {
        var text = new PageText(new Prose(links, Index));
        text.Heading(1, "Diagnostics");
        text.Paragraph("What the compiler says, while typing and in the build. Messages give the actual values and " +
            "the way out, at the expression that caused them.");
        foreach ((string title, DiagnosticEntry[] entries) in Present())
        {
            text.Heading(2, title, Links.Anchor(title));
            text.Table(["", "Title", "Severity"], [.. entries.Select(e => new[]
                { $"[{e.Id}]({e.Id}.md)", Escape(e.Title), e.Severity })]);
        }
        return text.ToString();
    }

    IEnumerable<(string Title, DiagnosticEntry[] Entries)> Present() => Groups
        .Select(g => (g.Title, Entries: diagnostics.Where(d => d.Id.StartsWith(g.Prefix, StringComparison.Ordinal))
            .ToArray()))
        .Where(g => g.Entries.Length > 0);

    static string Escape(string title) => title.Replace("#", "\\#", StringComparison.Ordinal);

    static string Quoted(string title) => title.Replace("'", "''", StringComparison.Ordinal);
}
