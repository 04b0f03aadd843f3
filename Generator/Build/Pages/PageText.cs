using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace ModelCompiler.Build.Pages;

/// <summary>The pieces that pages of operators and of types have in common.</summary>
/// <param name="prose">Of the page that is written.</param>
sealed class PageText(Prose prose)
{
    readonly StringBuilder text = new();

    public override string ToString() => text.ToString();

    public void Line(string line = "") => text.Append(line).Append('\n');

    public void Paragraph(string paragraph)
    {
        if (paragraph.Length > 0) text.Append(paragraph).Append("\n\n");
    }

    /// <summary>A heading with an anchor of its own: links do not depend on how a renderer names headings.</summary>
    public void Heading(int level, string title, string? anchor = null)
    {
        if (anchor is not null) text.Append($"<a id=\"{anchor}\"></a>\n\n");
        text.Append(new string('#', level)).Append(' ').Append(title).Append("\n\n");
    }

    public void Code(string code, string language = "csharp") =>
        text.Append("```").Append(language).Append('\n').Append(code.Trim('\n')).Append("\n```\n\n");

    /// <summary>A table of rows that hold Markdown; nothing where there are none.</summary>
    public void Table(string[] heads, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0) return;
        Line("| " + string.Join(" | ", heads) + " |");
        Line("|" + string.Concat(heads.Select(_ => "---|")));
        foreach (string[] row in rows) Line("| " + string.Join(" | ", row.Select(c => c.Length == 0 ? " " : c)) + " |");
        Line();
    }

    /// <summary>What every parameter is, as its documentation says, or that of the class where it is the class's own
    /// constructor.</summary>
    public void Parameters(ParameterInfo[] parameters, params XElement[] documentation) =>
        Table(["Parameter", "Type", "What"], [.. parameters.Select(p => new[]
        {
            $"`{p.Name}`", Type(p.ParameterType),
            prose.Line(documentation.SelectMany(d => d.Elements("param"))
                .FirstOrDefault(e => (string?)e.Attribute("name") == p.Name)),
        })]);

    /// <summary>What comes back, and what is thrown.</summary>
    public void Outcome(MethodBase method, XElement documentation)
    {
        if (documentation.Element("returns") is { } returns && method is MethodInfo { ReturnType: { } type })
            Paragraph($"**Result** {Type(type)}: {prose.Line(returns)}");
        Exceptions(documentation);
    }

    public void Exceptions(XElement documentation) => Table(["Throws", "When"],
        [.. documentation.Elements("exception").Select(e => new[]
        {
            prose.Line(new XElement("x", new XElement("see", e.Attribute("cref")))), prose.Line(e),
        })]);

    /// <summary>Remarks: paragraphs, then a table of their fields.</summary>
    public void Remarks(XElement documentation)
    {
        (string before, IReadOnlyList<(string Field, string Text)> fields) =
            prose.Remarks(documentation.Element("remarks"));
        Paragraph(before);
        Table(["", ""], [.. fields.Select(f => new[] { $"**{f.Field}**", f.Text })]);
    }

    public void Example(XElement documentation)
    {
        foreach (XElement example in documentation.Elements("example"))
        {
            Paragraph("**Example**");
            Code(Prose.Code(example));
        }
    }

    string Type(Type type)
    {
        Type value = type.IsByRef ? type.GetElementType()! : type;
        Type linked = value.IsArray ? value.GetElementType()! : value;
        string? target = linked.FullName is null && !linked.IsGenericType ? null
            : prose.TargetOf("T:" + Identifier.OfType(linked));
        return prose.Link($"`{Signature.Of(value)}`", target);
    }
}
