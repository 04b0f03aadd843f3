using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace ModelCompiler.Build.Pages;

/// <summary>The files of a site, collected before any is written.</summary>
sealed class PageFolder
{
    readonly SortedDictionary<string, string> files = new(StringComparer.Ordinal);

    /// <summary>Texts by path; paths have forward slashes.</summary>
    public IReadOnlyDictionary<string, string> Files => files;

    /// <exception cref="InvalidDataException">Two pages would be one file, also where letters' case does not
    /// count.</exception>
    public void Add(string path, string text)
    {
        if (files.Keys.FirstOrDefault(p => string.Equals(p, path, StringComparison.OrdinalIgnoreCase)) is { } other)
            throw new InvalidDataException($"{path} and {other} would be one page. Give one of them another name.");
        files.Add(path, text.TrimEnd() + "\n");
    }

    /// <summary>Writes what has changed and removes what is no longer there.</summary>
    /// <param name="folder">Made where it is missing; holds nothing but these files afterwards.</param>
    /// <exception cref="IOException">A file cannot be written, or the folder holds something else.</exception>
    public void WriteTo(string folder)
    {
        const string mark = ".modelcompiler-pages";
        string marked = Path.Combine(folder, mark);
        if (Directory.Exists(folder) && !File.Exists(marked) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new IOException(
                $"{Path.GetFullPath(folder)} holds files that are no pages of this program, and it would remove " +
                "them. Give an empty folder, or one that does not exist.");
        Directory.CreateDirectory(folder);
        File.WriteAllText(marked, "");
        foreach (string old in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            if (Path.GetRelativePath(folder, old).Replace('\\', '/') is var path && path != mark
                && !files.ContainsKey(path)) File.Delete(old);
        foreach ((string path, string text) in files)
        {
            string file = Path.Combine(folder, path);
            if (File.Exists(file) && File.ReadAllText(file) == text) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text, new UTF8Encoding(false));
        }
    }
}
