using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Package;

/// <summary>The C# blocks of a guide, one after another, as one program: usings first, then statements, then types.</summary>
static class GuideProgram
{
    /// <summary>What a project has that gets its usings from the SDK and from the package.</summary>
    const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    static readonly string[] Libraries = ["ModelCompiler.Definitions.dll", "ModelCompiler.Runtime.dll", "ModelCompiler.Runtime.Csv.dll",
        "ModelCompiler.Runtime.Images.dll", "ModelCompiler.Runtime.TensorBoard.dll", "Sep.dll", "csFastFloat.dll", "StbImageSharp.dll", "Google.Protobuf.dll"];

    /// <summary>Guides that have C# blocks, by path below the site's folder.</summary>
    public static IEnumerable<string> All => Directory.GetFiles(Site, "*.md", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Site, f).Replace('\\', '/')).Where(f => f != "README.md" && Blocks(f).Count > 0).Order(StringComparer.Ordinal);

    static string Site => Path.Combine(Repository.Root, "Generator", "Build", "Site");

    /// <summary>Texts between fences that say csharp.</summary>
    public static IReadOnlyList<string> Blocks(string guide) =>
        [.. Regex.Matches(File.ReadAllText(Path.Combine(Site, guide)).ReplaceLineEndings("\n"), @"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(m => m.Groups[1].Value)];

    /// <summary>The program, not yet compiled.</summary>
    public static CSharpCompilation Compilation(string guide)
    {
        List<string> usings = [], statements = [], types = [];
        foreach (string block in Blocks(guide))
        {
            CompilationUnitSyntax parsed = SyntaxFactory.ParseCompilationUnit(block, options: new CSharpParseOptions(LanguageVersion.CSharp14));
            usings.AddRange(parsed.Usings.Select(u => u.ToFullString()));
            foreach (MemberDeclarationSyntax member in parsed.Members) (member is GlobalStatementSyntax ? statements : types).Add(member.ToFullString());
        }
        // A guide that only declares models is a program that does nothing.
        string program = string.Concat([.. usings.Distinct(), .. statements.DefaultIfEmpty("return;\n"), .. types]);
        CSharpCompilation compilation = GeneratorRun.Compilation(("Program.cs", program), ("ImplicitUsings.cs", ImplicitUsings));
        string[] known = [.. compilation.References.Select(r => Path.GetFileName(r.Display) ?? "")];
        return compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication))
            .AddReferences(Libraries.Where(l => l.StartsWith("ModelCompiler", StringComparison.Ordinal) && !known.Contains(l))
                .Select(l => MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, l))));
    }

    /// <summary>Writes a compiled program and what it needs to be started.</summary>
    /// <returns>Path of the assembly.</returns>
    public static string Emit(Compilation compiled, string folder)
    {
        string program = Path.Combine(folder, "Guide.dll");
        var emitted = compiled.Emit(program);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Take(20)));
        foreach (string library in Libraries.Where(l => File.Exists(Path.Combine(AppContext.BaseDirectory, l))))
            File.Copy(Path.Combine(AppContext.BaseDirectory, library), Path.Combine(folder, library));
        File.WriteAllText(Path.Combine(folder, "Guide.runtimeconfig.json"), $$"""
            {
              "runtimeOptions": {
                "tfm": "net10.0",
                "framework": { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version.ToString(3)}}" },
                "configProperties": { "System.Globalization.Invariant": true }
              }
            }
            """);
        return program;
    }
}
