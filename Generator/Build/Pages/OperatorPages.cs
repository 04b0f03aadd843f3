using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ModelCompiler.Build.Pages;

/// <summary>One page for every operator, all overloads together, and an index by family.</summary>
sealed partial class OperatorPages(Library library, SourceTree sources, Links links,
    IReadOnlyDictionary<string, DiagnosticEntry> diagnostics)
{
    public const string Class = "ModelCompiler.Operators";
    public const string Index = "reference/operators/index.md";

    readonly ILookup<string, MethodInfo> operators = Surface
        .Methods(library.Types.Single(t => t.FullName == Class)).ToLookup(m => m.Name, StringComparer.Ordinal);

    readonly Type type = library.Types.Single(t => t.FullName == Class);

    /// <summary>Names of the operators, in order.</summary>
    public IReadOnlyList<string> Names => [.. operators.Select(o => o.Key).Order(StringComparer.Ordinal)];

    static string PageOf(string name) => $"reference/operators/{name}.md";

    /// <summary>Tells where operators are, before any page is written.</summary>
    public void AddLinks()
    {
        links.AddMember("T:" + Class, Index);
        foreach (IGrouping<string, MethodInfo> overloads in operators)
            foreach (MethodInfo method in overloads) links.AddMember(Identifier.Of(method), PageOf(method.Name));
        foreach (PropertyInfo property in Surface.Properties(type))
            links.AddMember(Identifier.Of(property), $"{Index}#{Links.Anchor(property.Name)}");
    }

    /// <summary>Writes the pages.</summary>
    public void Write(PageFolder pages)
    {
        foreach (IGrouping<string, MethodInfo> overloads in operators)
            pages.Add(PageOf(overloads.Key), Page(overloads.Key, [.. overloads]));
        pages.Add(Index, IndexPage());
        pages.Add("reference/operators/toc.yml", Contents());
    }

    string Page(string name, MethodInfo[] overloads)
    {
        string page = PageOf(name), family = sources.Family(name);
        var prose = new Prose(links, page);
        var text = new PageText(prose);
        XElement[] documentation = [.. overloads.Select(library.Of)];
        text.Heading(1, name);
        text.Paragraph(prose.Paragraphs(documentation[0].Element("summary")));
        text.Paragraph($"Operator of the family [{Family(family)}](index.md#{Links.Anchor(family)}); its source is " +
            $"in `{sources.FolderOf(name)}`.");
        for (int i = 0; i < overloads.Length; i++)
        {
            if (overloads.Length > 1)
            {
                text.Heading(2, $"{name}({string.Join(", ", overloads[i].GetParameters().Select(p => p.Name))})");
                if (i > 0) text.Paragraph(prose.Paragraphs(documentation[i].Element("summary")));
            }
            text.Code(Signature.Of(overloads[i]));
            text.Parameters(overloads[i].GetParameters(), documentation[i]);
            text.Outcome(overloads[i], documentation[i]);
            text.Remarks(documentation[i]);
            text.Example(documentation[i]);
        }
        Diagnostics(text, prose, documentation);
        Related(text, page, name, documentation);
        return text.ToString();
    }

    void Diagnostics(PageText text, Prose prose, XElement[] documentation)
    {
        string[] ids = [.. documentation.SelectMany(d => Id().Matches(d.Value)).Select(m => m.Value).Distinct()
            .Where(diagnostics.ContainsKey).Order(StringComparer.Ordinal)];
        if (ids.Length == 0) return;
        text.Heading(2, "Diagnostics");
        foreach (string id in ids) text.Line($"- {prose.Escape(id)}: {prose.Escape(diagnostics[id].Title)}");
        text.Line();
    }

    /// <summary>What the documentation refers to, and the layer of the same name.</summary>
    void Related(PageText text, string page, string name, XElement[] documentation)
    {
        IEnumerable<string> named = documentation.SelectMany(d => d.Descendants("see"))
            .Select(s => (string?)s.Attribute("cref")).OfType<string>();
        string[] targets = [.. named.Append("T:ModelCompiler." + name).Select(links.Of).OfType<string>()
            .Select(t => t.Split('#')[0]).Where(t => t != page).Distinct().Order(StringComparer.Ordinal)];
        if (targets.Length == 0) return;
        text.Heading(2, "Related");
        foreach (string target in targets)
        {
            string kind = target.Split('/')[1], title = target.Split('/')[^1][..^".md".Length];
            text.Line($"- [{title}]({Links.Relative(page, target)})" + (kind == "operators" ? "" : $" ({kind})"));
        }
        text.Line();
    }

    string IndexPage()
    {
        var prose = new Prose(links, Index);
        var text = new PageText(prose);
        text.Heading(1, "Operators");
        text.Paragraph("Functions of tensors, for bodies of models: `using static ModelCompiler.Operators;`. Each " +
            "has a reference in double, a gradient, and the code that the compiler writes for it, in one folder.");
        foreach (IGrouping<string, string> family in Families())
        {
            text.Heading(2, Family(family.Key), Links.Anchor(family.Key));
            text.Table(["Operator", "What it is"], [.. family.Select(name => new[]
                { $"[{name}]({name}.md)", prose.Line(library.Of(operators[name].First()).Element("summary")) })]);
        }
        text.Heading(2, "Properties");
        foreach (PropertyInfo property in Surface.Properties(type))
        {
            text.Heading(3, property.Name, Links.Anchor(property.Name));
            text.Paragraph(prose.Paragraphs(library.Of(property).Element("summary")));
            text.Remarks(library.Of(property));
            text.Example(library.Of(property));
        }
        return text.ToString();
    }

    string Contents()
    {
        var text = new System.Text.StringBuilder("- name: All operators\n  href: index.md\n");
        foreach (IGrouping<string, string> family in Families())
        {
            text.Append($"- name: {Family(family.Key)}\n  items:\n");
            foreach (string name in family) text.Append($"  - name: {name}\n    href: {name}.md\n");
        }
        return text.ToString();
    }

    IEnumerable<IGrouping<string, string>> Families() =>
        Names.GroupBy(sources.Family, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal);

    /// <summary>The words of a folder's name.</summary>
    static string Family(string folder) => Capital().Replace(folder, m => " " + m.Value.ToLowerInvariant());

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"\bMC\d{4}\b")]
    private static partial Regex Id();
}
