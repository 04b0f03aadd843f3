using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace ModelCompiler.Build.Pages;

/// <summary>What only the folders of the sources tell: families of operators, and which classes are layers.</summary>
sealed partial class SourceTree
{
    const string OperatorsFolder = "Definitions/Operators", LayersFolder = "Definitions/Layers";

    readonly string root;
    readonly Dictionary<string, string> folders = new(StringComparer.Ordinal);

    /// <summary>Reads the folders of operators and layers.</summary>
    /// <param name="root">Of the repository.</param>
    /// <exception cref="DirectoryNotFoundException">It has no operators.</exception>
    public SourceTree(string root)
    {
        this.root = root;
        string operators = Path.Combine(root, OperatorsFolder);
        if (!Directory.Exists(operators))
            throw new DirectoryNotFoundException(
                $"{Path.GetFullPath(root)} has no {OperatorsFolder}: give the root of the repository.");
        foreach (string file in Directory.GetFiles(operators, "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            string folder = Path.GetRelativePath(operators, Path.GetDirectoryName(file)!).Replace('\\', '/');
            // A folder is named after its operator; where it holds several, each is found by its declaration.
            if (Path.GetFileName(file).Count(c => c == '.') > 1 || folder == ".") continue;
            string text = File.ReadAllText(file);
            if (!text.Contains("partial class Operators", StringComparison.Ordinal)) continue;
            foreach (Match match in Method().Matches(text)) folders.TryAdd(match.Groups[1].Value, folder);
        }
        Layers = [.. Directory.GetFiles(Path.Combine(root, LayersFolder), "*.cs")
            .Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Names of the layers.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>The family of an operator.</summary>
    /// <exception cref="InvalidDataException">No file declares it.</exception>
    public string Family(string name) => Folder(name).Split('/')[0];

    /// <summary>Where an operator's sources are, below the root.</summary>
    public string FolderOf(string name) => $"{OperatorsFolder}/{Folder(name)}";

    /// <summary>Ids of diagnostics that a layer's own source names.</summary>
    public IReadOnlyList<string> DiagnosticsOfLayer(string layer) =>
        [.. Id().Matches(File.ReadAllText(Path.Combine(root, LayersFolder, layer + ".cs"))).Select(m => m.Value)
            .Distinct().Order(StringComparer.Ordinal)];

    string Folder(string name) => folders.TryGetValue(name, out string? folder) ? folder
        : throw new InvalidDataException(
            $"No file of {OperatorsFolder} declares {name}. Declare it there as public static in class Operators.");

    [GeneratedRegex(@"^    public static [^=;{]*?\b(\w+)(?:<\w+>)?\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex(@"\bMC\d{4}\b")]
    private static partial Regex Id();
}
