using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ModelCompiler.Tests.Operators;

/// <summary>No operator without cases, and no documented error but the one that is enforced.</summary>
public sealed partial class OperatorFoldersTests
{
    static readonly string Folder = Path.Combine(typeof(OperatorFoldersTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!, "Definitions", "Operators");

    [Fact]
    public void EveryOperator_HasCases() =>
        Assert.Equal(OperatorNames.All, CompiledCases.Operators.Select(o => o.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryPrimitive_IsNamedLikeItsFolder()
    {
        HashSet<string> folders = [.. Operators().Select(f => f.Name)];
        Assert.All(OperatorNames.Primitives, p => Assert.Contains(p.Field, folders));
    }

    [Fact]
    public void EveryOperatorFolder_HasItsCases() =>
        Assert.All(Operators(), folder =>
            Assert.True(File.Exists(Path.Combine(folder.Path, folder.Name + ".Tests.cs")), $"{folder.Path} has no {folder.Name}.Tests.cs"));

    [Fact]
    public void EveryDocumentedError_IsTheOneEnforced() => Assert.All(Operators(), folder =>
    {
        Match documented = ErrorField().Match(File.ReadAllText(Path.Combine(folder.Path, folder.Name + ".cs")));
        // Loops and parameters compute nothing of their own: their documentation has no error.
        if (!documented.Success) return;
        OperatorCases cases = CompiledCases.Operators.Single(o => o.Name == folder.Name);
        Assert.True(double.Parse(documented.Groups[1].Value, CultureInfo.InvariantCulture) == cases.Error,
            $"{folder.Name}.cs documents \"{documented.Value}\", {folder.Name}.Tests.cs enforces {cases.Error}");
    });

    /// <summary>Folders that hold a file of their own name.</summary>
    static IEnumerable<(string Name, string Path)> Operators() => Directory.GetDirectories(Folder, "*", SearchOption.AllDirectories)
        .Select(d => (Name: Path.GetFileName(d), Path: d)).Select(d => d.Name == "Parameters" ? (Name: nameof(Parameter), d.Path) : d)
        .Where(d => File.Exists(Path.Combine(d.Path, d.Name + ".cs")));

    [GeneratedRegex(@"Error: ([0-9][0-9.e-]*[0-9]|[0-9])")]
    private static partial Regex ErrorField();
}
