using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ModelCompiler.Build.Pages;

/// <summary>One page for every layer, attribute, optimizer and other public type of a part of the reference.</summary>
sealed class TypePages(Library library, SourceTree sources, Links links,
    IReadOnlyDictionary<string, DiagnosticEntry> diagnostics, Section section)
{
    readonly bool isOfLayers = section.Folder == "layers";

    /// <summary>Tells where the types and their members are.</summary>
    public void AddLinks()
    {
        foreach (Type type in section.Types)
        {
            string page = section.PageOf(type);
            links.AddMember(Identifier.Of(type), page);
            IEnumerable<MemberInfo> members =
                [.. Surface.Constructors(type), .. Surface.Methods(type), .. Surface.Properties(type),
                    .. Surface.Fields(type)];
            foreach (MemberInfo member in members)
                links.AddMember(Identifier.Of(member), $"{page}#{AnchorOf(member)}");
        }
    }

    /// <summary>Writes the pages, their index and their table of contents.</summary>
    public void Write(PageFolder pages)
    {
        var prose = new Prose(links, section.Index);
        var index = new PageText(prose);
        index.Heading(1, section.Title);
        index.Paragraph(section.Introduction);
        index.Table(["", "What it is"], [.. section.Types.Select(t => new[]
            { $"[{Escape(Section.TitleOf(t))}]({Section.NameOf(t)}.md)",
                prose.Line(library.Of(t).Element("summary")) })]);
        pages.Add(section.Index, index.ToString());
        pages.Add($"reference/{section.Folder}/toc.yml", "- name: Overview\n  href: index.md\n" + string.Concat(
            section.Types.Select(t => $"- name: '{Section.TitleOf(t)}'\n  href: {Section.NameOf(t)}.md\n")));
        foreach (Type type in section.Types) pages.Add(section.PageOf(type), Page(type));
    }

    string Page(Type type)
    {
        var prose = new Prose(links, section.PageOf(type));
        var text = new PageText(prose);
        XElement documentation = library.Of(type);
        text.Heading(1, Escape(Section.TitleOf(type)));
        text.Paragraph(prose.Paragraphs(documentation.Element("summary")));
        text.Paragraph(Kind(type, prose));
        text.Remarks(documentation);
        text.Example(documentation);
        foreach (ConstructorInfo constructor in Surface.Constructors(type))
        {
            text.Heading(2, "Constructor", AnchorOf(constructor));
            XElement own = library.Of(constructor);
            text.Paragraph(own.Element("summary") is { } summary && summary.Value != documentation.Element("summary")
                ?.Value ? prose.Paragraphs(summary) : "");
            text.Code(Signature.Of(constructor));
            text.Parameters(constructor.GetParameters(), own, documentation, OfProperties(type));
            text.Exceptions(own);
        }
        if (isOfLayers) Parameters(type, text, prose);
        if (isOfLayers) Methods(type, text, prose);
        Properties(type, text, prose);
        Values(type, text, prose);
        if (Surface.IsDelegate(type) && type.GetMethod("Invoke") is { } invoke)
        {
            text.Code($"delegate {Signature.Of(invoke)}");
            text.Parameters(invoke.GetParameters(), documentation);
        }
        if (!isOfLayers) Methods(type, text, prose);
        if (isOfLayers) Diagnostics(type, text, prose);
        return text.ToString();
    }

    string Kind(Type type, Prose prose)
    {
        string assembly = type.Assembly.GetName().Name!;
        string kind = $"{Kind(type)} of the namespace `{type.Namespace}`, in the assembly {assembly}.";
        IEnumerable<Type> parents = type.GetInterfaces();
        if (type.BaseType is { } parent) parents = parents.Prepend(parent);
        string[] known = [.. parents.Where(p => links.Of(Identifier.Of(p)) is not null)
            .Select(p => prose.Link($"`{Signature.Of(p)}`", links.Of(Identifier.Of(p))))];
        return known.Length == 0 ? kind : $"{kind} Based on {string.Join(", ", known)}.";
    }

    static string Kind(Type type)
    {
        if (type.BaseType?.FullName == "System.Attribute") return "An attribute";
        string kind = Signature.Kind(type);
        return (kind[0] is 'a' or 'e' or 'i' ? "An " : "A ") + kind;
    }

    /// <summary>Summaries of properties as documentation of the parameters that set them, as attributes have
    /// them.</summary>
    XElement OfProperties(Type type) => new("member", Surface.Properties(type).Select(p => new XElement("param",
        new XAttribute("name", char.ToLowerInvariant(p.Name[0]) + p.Name[1..]),
        library.Of(p).Element("summary")?.Nodes())));

    /// <summary>What a layer holds: fields of tensors, states and other layers, named as checkpoints name
    /// them.</summary>
    void Parameters(Type type, PageText text, Prose prose)
    {
        var rows = new List<string[]>();
        foreach (FieldInfo field in type.GetFields(Surface.All & ~BindingFlags.Static).OrderBy(f => f.MetadataToken))
        {
            string held = field.FieldType.Name;
            bool isLayer = sources.Layers.Contains(held, StringComparer.Ordinal);
            if (held is not ("Tensor" or "State") && !isLayer) continue;
            string name = Regex.Match(field.Name, @"^<?(\w+)").Groups[1].Value;
            string shape = isLayer ? "" : type.GetProperty(name) is { } property
                ? prose.Line(library.Of(property).Element("summary")) : "";
            string path = char.ToLowerInvariant(name[0]) + name[1..];
            rows.Add([$"`{path}`" + (isLayer ? ", followed by its layer's names" : ""),
                prose.Link($"`{held}`", links.Of(Identifier.Of(field.FieldType))), shape]);
        }
        if (rows.Count == 0) return;
        text.Heading(2, "Parameters and states", "parameters-and-states");
        text.Table(["Name in checkpoints", "Type", "Shape"], rows);
    }

    void Properties(Type type, PageText text, Prose prose)
    {
        PropertyInfo[] properties = [.. Surface.Properties(type)];
        if (properties.Length == 0) return;
        text.Heading(2, "Properties", "properties");
        foreach (PropertyInfo property in properties)
        {
            XElement documentation = library.Of(property);
            text.Heading(3, property.GetIndexParameters().Length > 0 ? "this\\[…\\]" : property.Name,
                AnchorOf(property));
            text.Code(Signature.Of(property));
            // A record's property is documented as a parameter of its type.
            XElement? summary = documentation.Element("summary") ?? library.Of(type).Elements("param")
                .FirstOrDefault(p => (string?)p.Attribute("name") == property.Name);
            text.Paragraph(prose.Paragraphs(summary));
            text.Parameters(property.GetIndexParameters(), documentation);
            text.Remarks(documentation);
            text.Exceptions(documentation);
            text.Example(documentation);
        }
    }

    void Values(Type type, PageText text, Prose prose)
    {
        string what = type.IsEnum ? "Value" : "Field";
        FieldInfo[] fields = [.. Surface.Fields(type)];
        if (fields.Length == 0) return;
        text.Heading(2, what + "s", "fields");
        text.Table([what, "What it is"], [.. fields.Select(f => new[]
            { $"<a id=\"{AnchorOf(f)}\"></a>`{(type.IsEnum ? f.Name : Signature.Of(f))}`",
                prose.Line(library.Of(f).Element("summary")) })]);
    }

    void Methods(Type type, PageText text, Prose prose)
    {
        foreach (MethodInfo method in Surface.Methods(type)) Method(method, text, prose);
    }

    void Method(MethodInfo method, PageText text, Prose prose)
    {
        XElement documentation = library.Of(method);
        text.Heading(2, method.Name, AnchorOf(method));
        text.Paragraph(prose.Paragraphs(documentation.Element("summary")));
        text.Code(Signature.Of(method));
        text.Parameters(method.GetParameters(), documentation);
        text.Outcome(method, documentation);
        text.Remarks(documentation);
        text.Example(documentation);
    }

    void Diagnostics(Type type, PageText text, Prose prose)
    {
        IReadOnlyList<string> ids = [.. sources.DiagnosticsOfLayer(type.Name).Where(diagnostics.ContainsKey)];
        if (ids.Count == 0) return;
        text.Heading(2, "Diagnostics", "diagnostics");
        foreach (string id in ids) text.Line($"- {prose.Escape(id)}: {prose.Escape(diagnostics[id].Title)}");
        text.Line();
    }

    /// <summary>Overloads have the types of their parameters in their anchors.</summary>
    static string AnchorOf(MemberInfo member)
    {
        string name = member is ConstructorInfo ? "new" : member.Name;
        ParameterInfo[] parameters = member switch
        {
            MethodBase method => method.GetParameters(),
            PropertyInfo property => property.GetIndexParameters(),
            _ => [],
        };
        return Links.Anchor("member-" + name + "-" + string.Join("-",
            parameters.Select(p => Signature.Of(p.ParameterType))));
    }

    static string Escape(string title) => title.Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
}
