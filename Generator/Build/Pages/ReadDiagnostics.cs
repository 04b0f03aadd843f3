using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace ModelCompiler.Build.Pages;

/// <summary>Reads the sections of Generator/Diagnostics/README.md and the examples beside it.</summary>
static partial class ReadDiagnostics
{
    const string Folder = "Generator/Diagnostics";

    /// <summary>Every diagnostic, by id.</summary>
    /// <param name="repository">Its root.</param>
    /// <exception cref="InvalidDataException">A section does not start with a title and a severity.</exception>
    public static IReadOnlyList<DiagnosticEntry> Run(string repository)
    {
        string file = Path.Combine(repository, Folder, "README.md");
        IReadOnlyDictionary<string, string> examples =
            Sections(File.ReadAllText(Path.Combine(repository, Folder, "Examples.md")));
        var entries = new List<DiagnosticEntry>();
        foreach ((string id, string text) in Sections(File.ReadAllText(file)))
        {
            Match match = Section().Match(text);
            if (!match.Success)
                throw new InvalidDataException(
                    $"{file}: {id} does not start with **Title** (error). Write its title and severity first.");
            entries.Add(new(id, match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value.Trim(),
                examples.GetValueOrDefault(id, "")));
        }
        return [.. entries.OrderBy(e => e.Id, StringComparer.Ordinal)];
    }

    /// <summary>Texts between headings of the second level that are ids.</summary>
    static Dictionary<string, string> Sections(string markdown)
    {
        var sections = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] parts = Heading().Split(markdown.ReplaceLineEndings("\n"));
        for (int i = 1; i + 1 < parts.Length; i += 2) sections.Add(parts[i], parts[i + 1].Trim());
        return sections;
    }

    [GeneratedRegex(@"^## (MC\d{4})\n", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\A\*\*(.+?)\*\* \((error|warning|note)\)\.(.*)\z", RegexOptions.Singleline)]
    private static partial Regex Section();
}
