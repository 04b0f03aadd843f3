using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Architecture;

/// <summary>The repository's own C# files: nothing built, generated or received.</summary>
static class SourceFiles
{
    static readonly string[] Skipped = ["bin", "obj", "Generated", "artifacts", ".git", "MakeReferences"];

    /// <summary>Paths below the root with forward slashes.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Below("").Order(StringComparer.Ordinal)];

    static IEnumerable<string> Below(string folder)
    {
        string full = Path.Combine(Repository.Root, folder);
        foreach (string file in Directory.GetFiles(full, "*.cs"))
            yield return Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
        foreach (string child in Directory.GetDirectories(full).Where(d => !Skipped.Contains(Path.GetFileName(d))))
            foreach (string file in Below(Path.GetRelativePath(Repository.Root, child))) yield return file;
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));
}
