extern alias Compiler;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Compiler::ModelCompiler;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Architecture;

/// <summary>The rules of the design that can be checked.</summary>
public sealed class StructureTests
{
    /// <summary>Which namespaces of the compiler each of its folders may use: earlier stages' outputs and the tools below all of them.</summary>
    static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Infrastructure"] = [],
        ["IR"] = ["Infrastructure"],
        ["Diagnostics"] = [],
        ["Declaration"] = ["Infrastructure"],
        ["Graphs"] = ["Declaration", "Diagnostics", "Infrastructure", "IR"],
        ["Gradient"] = ["Graphs", "Infrastructure", "IR"],
        ["Naming"] = ["IR"],
        ["Precision"] = ["Infrastructure", "IR"],
        ["Fusion"] = ["IR"],
        ["Memory"] = ["IR"],
        ["Lowering"] = ["Fusion", "Infrastructure", "IR", "Memory"],
        ["Emission"] = ["Declaration", "Infrastructure", "IR", "Lowering", "Memory"],
    };

    [Fact]
    public void EveryStage_UsesOnlyWhatStandsBeforeIt()
    {
        int checkedFiles = 0;
        foreach (string file in SourceFiles.All.Where(f => f.StartsWith("Generator/", StringComparison.Ordinal) && f.Count(c => c == '/') == 2))
        {
            string folder = file.Split('/')[1];
            if (folder is "Build" or "CodeFixes") continue;
            Assert.True(MayUse.ContainsKey(folder), $"{file}: {folder} is not in the table of stages");
            foreach (Match use in Regex.Matches(SourceFiles.Read(file), @"^using ModelCompiler\.(\w+);", RegexOptions.Multiline))
                Assert.True(use.Groups[1].Value == folder || MayUse[folder].Contains(use.Groups[1].Value), $"{file} uses {use.Groups[1].Value}, which {folder} may not");
            checkedFiles++;
        }
        Assert.True(checkedFiles > 60);
    }

    [Fact]
    public void Files_HaveAtMost600Lines()
    {
        Assert.True(SourceFiles.All.Count > 200);
        foreach (string file in SourceFiles.All)
            Assert.True(SourceFiles.Read(file).Split('\n').Length <= 600, $"{file} has outgrown its purpose: split it");
    }

    /// <summary>Rows of tests are tables, and may be longer.</summary>
    [Fact]
    public void Lines_HaveAtMost120Columns()
    {
        foreach (string file in SourceFiles.All.Where(f => !f.StartsWith("Tests/", StringComparison.Ordinal) && !f.EndsWith(".Tests.cs", StringComparison.Ordinal)))
            Assert.All(SourceFiles.Read(file).Split('\n').Index(), line => Assert.True(line.Item.Length <= 120, $"{file}:{line.Index + 1} has {line.Item.Length} columns"));
    }

    [Fact]
    public void Namespaces_EqualFolders()
    {
        foreach (string file in SourceFiles.All.Where(f => f.StartsWith("Generator/", StringComparison.Ordinal) || f.StartsWith("Runtime/", StringComparison.Ordinal)))
        {
            string[] parts = file.Split('/');
            if (parts[^1] == "Program.cs") continue;   // statements only
            string area = parts[0] == "Runtime" ? "ModelCompiler.Runtime" : "ModelCompiler";
            string expected = string.Join(".", [area, .. parts[1..^1]]);
            Assert.Contains($"namespace {expected};", SourceFiles.Read(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Files_HoldNeitherRegionsNorConditionalCompilation()
    {
        foreach (string file in SourceFiles.All.Where(f => !f.StartsWith("Tests/Architecture/", StringComparison.Ordinal)))
            Assert.False(Regex.IsMatch(SourceFiles.Read(file), @"^\s*#(region|if)\b", RegexOptions.Multiline), file);
    }

    /// <summary>Primitives are the compiler's vocabulary; composed operators are known to their folder, to layers and to tests.</summary>
    [Fact]
    public void ComposedOperators_AreNamedNowhereElse()
    {
        string[] composed = [.. SourceFiles.All.Where(f => f.StartsWith("Definitions/Operators/", StringComparison.Ordinal) && !f.Contains(".Rules.", StringComparison.Ordinal)
                && !f.Contains(".Reference.", StringComparison.Ordinal) && !f.Contains(".Tests.", StringComparison.Ordinal) && f.Count(c => c == '/') == 4)
            .Where(f => !SourceFiles.Read(f).Contains("static readonly Primitive ", StringComparison.Ordinal) && !f.Contains("/Regions/", StringComparison.Ordinal))
            .Select(f => Path.GetFileNameWithoutExtension(f)).Distinct()];
        Assert.Contains("Softmax", composed);
        foreach (string file in SourceFiles.All.Where(f => f.StartsWith("Generator/", StringComparison.Ordinal) || f.StartsWith("Runtime/", StringComparison.Ordinal)))
        {
            // Comments may explain by example; a catalog may name what it reports about.
            string code = Regex.Replace(SourceFiles.Read(file), @"//[^\n]*|""[^""\n]*""", "");
            // Unqualified, a name is an operator's only where their class is imported: many are everyday words, as Min and Split.
            string unqualified = code.Contains("using static ModelCompiler.Operators;", StringComparison.Ordinal) ? @"|(?<!\.)\b{0}\(" : "";
            foreach (string name in composed)
                Assert.False(Regex.IsMatch(code, $@"\bOperators\.{name}\b" + unqualified.Replace("{0}", name, StringComparison.Ordinal)), $"{file} names {name}");
        }
    }

    [Fact]
    public void EveryPass_SaysWhatItDoesBeforeAndAfter()
    {
        foreach ((string pass, _) in Pipeline.Passes.Append(("Differentiate", _ => { })))
        {
            string file = Assert.Single(SourceFiles.All, f => f.EndsWith($"/{pass}.cs", StringComparison.Ordinal) && f.StartsWith("Generator/", StringComparison.Ordinal));
            string text = SourceFiles.Read(file);
            int type = text.IndexOf($"class {pass}", StringComparison.Ordinal), summary = text.IndexOf("/// <summary>", StringComparison.Ordinal);
            Assert.True(summary >= 0 && summary < type, $"{file} does not start with its summary");
            Assert.Matches(@"///.*(→|\n/// →)", text[summary..type]);
        }
    }

    [Fact]
    public void FoldersWithManyFiles_HaveAReadme()
    {
        foreach (var folder in SourceFiles.All.Where(f => f.Contains('/')).GroupBy(f => f[..f.LastIndexOf('/')]).Where(g => g.Count() > 9 && !g.Key.StartsWith("Samples", StringComparison.Ordinal)))
            Assert.True(File.Exists(Path.Combine(Repository.Root, folder.Key, "README.md")), $"{folder.Key} has {folder.Count()} files and no README.md");
    }
}
