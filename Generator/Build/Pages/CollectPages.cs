using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ModelCompiler.Build.Pages;

/// <summary>Makes the pages of the documentation from the sources, the public API and the guides.</summary>
static class CollectPages
{
    const string Site = "Generator/Build/Site";

    /// <summary>All files of the site before DocFX: Markdown, tables of contents, settings.</summary>
    /// <param name="repository">Its root.</param>
    /// <param name="assemblies">Paths of the assemblies whose public types are described.</param>
    /// <returns>The same texts for the same input, whatever the machine and its culture.</returns>
    /// <exception cref="IOException">Something cannot be read.</exception>
    /// <exception cref="InvalidDataException">Something of the sources cannot be placed; the message says
    /// what.</exception>
    public static PageFolder Run(string repository, IReadOnlyList<string> assemblies)
    {
        var sources = new SourceTree(repository);
        Library library = Library.Load(assemblies);
        IReadOnlyList<DiagnosticEntry> entries = ReadDiagnostics.Run(repository);
        Dictionary<string, DiagnosticEntry> byId = entries.ToDictionary(e => e.Id, StringComparer.Ordinal);
        var links = new Links();
        var operators = new OperatorPages(library, sources, links, byId);
        var diagnostics = new DiagnosticPages(links, entries);
        IReadOnlyList<Section> sections = Sections.Of(library, sources);
        TypePages[] types = [.. sections.Select(s => new TypePages(library, sources, links, byId, s))];

        operators.AddLinks();
        diagnostics.AddLinks();
        foreach (TypePages pages in types) pages.AddLinks();

        var folder = new PageFolder();
        operators.Write(folder);
        foreach (TypePages pages in types) pages.Write(folder);
        diagnostics.Write(folder);
        (string Folder, string Title, string What)[] all =
            [("operators", "Operators", $"{operators.Names.Count} functions of tensors"),
                .. sections.Select(s => (s.Folder, s.Title, $"{s.Types.Count} types")),
                ("diagnostics", "Diagnostics", $"{entries.Count} messages of the compiler")];
        folder.Add("reference/index.md", "# Reference\n\nGenerated from the sources of the library.\n\n" +
            "| | |\n|---|---|\n" +
            string.Concat(all.Select(p => $"| [{p.Title}]({p.Folder}/index.md) | {p.What} |\n")));
        folder.Add("reference/toc.yml", "- name: Overview\n  href: index.md\n" + string.Concat(all.Select(p =>
            $"- name: {p.Title}\n  href: {p.Folder}/toc.yml\n  topicHref: {p.Folder}/index.md\n")));
        Copy(Path.Combine(repository, Site), folder);
        return folder;
    }

    /// <summary>The guides, the front page, and what DocFX is told.</summary>
    static void Copy(string site, PageFolder pages)
    {
        foreach (string file in Directory.GetFiles(site, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            string path = Path.GetRelativePath(site, file).Replace('\\', '/');
            if (path != "README.md") pages.Add(path, File.ReadAllText(file).ReplaceLineEndings("\n"));
        }
    }
}
