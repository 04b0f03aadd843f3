using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>
/// Generator/Diagnostics/Examples.md, which the documentation shows: the first row of each diagnostic with what the compiler really says about it.
/// </summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Examples_AreTheFirstRowsWithTheirMessages()
    {
        var text = new StringBuilder("# Examples\n\nThe first case of each diagnostic in `Tests/Diagnostics`, with its message. `UPDATE_GOLDEN=1 dotnet test` writes this file.\n");
        foreach (IGrouping<string, DiagnosticRow> rows in DeclarationRows.All.Concat(UnsupportedRows.All).Concat(ShapeRows.All).GroupBy(r => r.Id).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            DiagnosticRow row = rows.First();
            Diagnostic found = (await GeneratorRun.Analyze(GeneratorRun.Compilation([.. row.Files])))[0];
            text.Append($"\n## {rows.Key}\n\n```csharp\n{Source(row)}\n```\n\nAt `{At(found)}`:\n\n> {Quoted(found.GetMessage())}\n");
        }
        string path = Path.Combine(Repository.Root, "Generator", "Diagnostics", "Examples.md");
        if (Repository.UpdatesGoldens) await File.WriteAllTextAsync(path, text.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(text.ToString(), (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"));
    }

    /// <summary>What a reader would write: usings and namespace are clear without being seen.</summary>
    static string Source(DiagnosticRow row)
    {
        IEnumerable<string> files = row.Sources.Select(s => Regex.Replace(s.Text.ReplaceLineEndings("\n"), @"\Ausing System;\n+namespace Demo;\n*", "").Trim())
            .Where(t => t.Length > 0);
        return Regex.Replace(Regex.Replace(string.Join("\n\n", files), @"[ \t]+$", "", RegexOptions.Multiline), @"\n{3,}", "\n\n");
    }

    static string At(Diagnostic found)
    {
        string marked = found.Location.SourceTree!.ToString().Substring(found.Location.SourceSpan.Start, found.Location.SourceSpan.Length);
        string line = Regex.Replace(marked, @"\s+", " ");
        return line.Length <= 60 ? line : line[..57] + "…";
    }

    static string Quoted(string message) => Regex.Replace(message, @"[\\*_`\[\]<>|#]", m => m.Value == "<" ? "&lt;" : m.Value == ">" ? "&gt;" : "\\" + m.Value);
}
