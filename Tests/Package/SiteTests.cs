extern alias Compiler;
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Compiler::ModelCompiler.Diagnostics;
using ModelCompiler.Build;
using ModelCompiler.Build.Pages;
using ModelCompiler.Runtime.Training;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Package;

/// <summary>The documentation: nothing public without a page, no page without what it is for, no link that leads nowhere.</summary>
public sealed class SiteTests(SitePages site) : IClassFixture<SitePages>
{
    static readonly Type[] Exported = [.. SitePages.Assemblies.SelectMany(p => Assembly.Load(Path.GetFileNameWithoutExtension(p)).GetExportedTypes())
        .Where(t => t.GetCustomAttribute<EditorBrowsableAttribute>()?.State != EditorBrowsableState.Never)];

    static readonly string[] WithExamples = ["operators", "layers", "attributes", "optimizers", "schedules"];

    [Fact]
    public void EveryLink_LeadsToAPageAndItsPlace()
    {
        IReadOnlyList<string> problems = LinkCheck.Problems(site.Files, out int followed);
        Assert.True(followed > 2000, $"{followed} links");
        Assert.True(problems.Count == 0, string.Join("\n", problems.Take(20)));
    }

    [Theory]
    [InlineData("[x](other.md)", "there is no guides/other.md")]
    [InlineData("[x](../reference/b.md#nowhere)", "has no place called nowhere")]
    [InlineData("[x](https://nowhere)", "no address of the web")]
    [InlineData("[x](#nothing)", "guides/a.md has no place called nothing")]
    [InlineData("`[x](other.md)` and \\[x\\](other.md)", null)]
    [InlineData("[x](../reference/b.md#a-place) [y](../reference/b.md#own) [z](https://example.org/a) [w](#title)", null)]
    public void BrokenLink_IsFound(string link, string? problem)
    {
        IReadOnlyList<string> problems = LinkCheck.Problems(new Dictionary<string, string>
        {
            ["guides/a.md"] = $"# Title\n\n{link}\n\n```\n[x](in-code.md)\n```\n",
            ["reference/b.md"] = "# B\n\n## A place\n\n<a id=\"own\"></a>\n",
        }, out _);
        if (problem is null) Assert.Empty(problems);
        else Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryPage_IsInATableOfContents()
    {
        string[] listed = [.. site.Files.Where(f => f.Key.EndsWith("toc.yml", StringComparison.Ordinal)).SelectMany(f =>
            Regex.Matches(f.Value, @"href: (\S+\.md)", RegexOptions.IgnoreCase).Select(m => f.Key[..^"toc.yml".Length] + m.Groups[1].Value))];
        Assert.Equal(site.Files.Keys.Where(p => p.EndsWith(".md", StringComparison.Ordinal) && p != "index.md").Order(StringComparer.Ordinal),
            listed.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryOperator_HasAPageWithItsOverloads()
    {
        IGrouping<string, MethodInfo>[] operators = [.. typeof(global::ModelCompiler.Operators)
            .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(m => !m.IsSpecialName).GroupBy(m => m.Name)];
        Assert.True(operators.Length > 100);
        foreach (IGrouping<string, MethodInfo> overloads in operators)
        {
            string page = Page("operators", overloads.Key);
            // Code behind the word Example shows a call, other code a signature.
            Assert.Equal(overloads.Count(), Regex.Count(page, $@"(?<!\*\*Example\*\*\n\n)```csharp\n[^\n]* {overloads.Key}(<\w+>)?\("));
            foreach (ParameterInfo parameter in overloads.SelectMany(o => o.GetParameters()))
                Assert.Contains($"| `{parameter.Name}` |", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EveryLayerAttributeOptimizerAndSchedule_HasAPage()
    {
        string[] layers = [.. Directory.GetFiles(Path.Combine(Repository.Root, "Definitions", "Layers"), "*.cs").Select(f => Path.GetFileNameWithoutExtension(f))];
        Assert.True(layers.Length > 15);
        Assert.All(layers, l => Page("layers", l));
        Assert.All(Exported.Where(t => t.IsSubclassOf(typeof(Attribute))), t => Page("attributes", t.Name[..^"Attribute".Length]));
        Assert.All(Exported.Where(t => t.IsSubclassOf(typeof(Optimizer))), t => Page("optimizers", t.Name));
        Assert.All(Exported.Where(t => t.IsAssignableTo(typeof(ISchedule))), t => Page("schedules", t.Name));
        foreach (string required in new[] { "data/CsvTable", "data/ImageFolder", "data/BatchReader", "runs/TrainingRun", "runs/TensorBoardLog", "checkpoints/CheckpointFolder", "training/ModelTrainer" })
            Page(required.Split('/')[0], required.Split('/')[1]);
    }

    [Fact]
    public void EveryPublicType_HasOnePage()
    {
        string[] pages = [.. site.Files.Keys.Where(p => p.StartsWith("reference/", StringComparison.Ordinal) && p.Count(c => c == '/') == 2 && p.EndsWith(".md", StringComparison.Ordinal)
            && !p.EndsWith("/index.md", StringComparison.Ordinal) && !p.StartsWith("reference/operators/", StringComparison.Ordinal) && !p.StartsWith("reference/diagnostics/", StringComparison.Ordinal))];
        Assert.Equal(Exported.Count(t => t != typeof(global::ModelCompiler.Operators)), pages.Length);
    }

    [Fact]
    public void EveryDiagnostic_HasAPageAsTheCatalogSays()
    {
        Assert.True(Catalog.All.Count() > 60);
        foreach (var diagnostic in Catalog.All)
        {
            string page = Page("diagnostics", diagnostic.Id);
            Assert.StartsWith($"# {diagnostic.Id}: {diagnostic.Title.ToString(CultureInfo.InvariantCulture).Replace("#", "\\#", StringComparison.Ordinal)}\n", page, StringComparison.Ordinal);
            string severity = diagnostic.DefaultSeverity switch
            {
                Microsoft.CodeAnalysis.DiagnosticSeverity.Error => "error",
                Microsoft.CodeAnalysis.DiagnosticSeverity.Warning => "warning",
                _ => "note",
            };
            Assert.Contains($"| {severity} |", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EveryPage_SaysWhatItIsAndShowsHow()
    {
        int examples = 0;
        foreach ((string path, string text) in site.Files.Where(f => f.Key.EndsWith(".md", StringComparison.Ordinal)))
        {
            Assert.True(Regex.IsMatch(text, @"^# \S", RegexOptions.Multiline), $"{path} has no title");
            string first = Regex.Match(text, @"^# .+\n+(.*)", RegexOptions.Multiline).Groups[1].Value;
            Assert.True(first.Length > 5 && !Regex.IsMatch(first, "^(An?) .* of the namespace `"), $"{path} does not start with what it is: {first}");
            if (!WithExamples.Any(f => path.StartsWith($"reference/{f}/", StringComparison.Ordinal)) || path.EndsWith("/index.md", StringComparison.Ordinal)) continue;
            Assert.True(Regex.IsMatch(text, @"\*\*Example\*\*\n\n```csharp\n\S"), $"{path} has no example");
            examples++;
        }
        Assert.True(examples > 130);
    }

    /// <summary>Diagnostics of a model's source have a row of tests, and so an example; others come from the project around it.</summary>
    [Fact]
    public void EveryDiagnosticOfASource_HasAnExample()
    {
        HashSet<string> special = [.. typeof(SiteTests).Assembly.GetTypes().SelectMany(t => t.GetMethods()).SelectMany(m => m.GetCustomAttributes<TraitAttribute>())
            .Where(t => t.Name == "Diagnostic").Select(t => t.Value)];
        string[] ids = [.. Catalog.All.Select(d => d.Id).Where(id => !special.Contains(id))];
        Assert.True(ids.Length > 50);
        Assert.All(ids, id => Assert.Contains("\n## Example\n", Page("diagnostics", id), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Linear", "weight", "bias")]
    [InlineData("BatchNorm", "gain", "bias", "runningMean", "runningVariance")]
    [InlineData("CausalSelfAttention", "query", "key", "value", "output")]
    [InlineData("Dropout")]
    public void PageOfALayer_NamesItsParametersAsCheckpointsDo(string layer, params string[] expected)
    {
        object made = layer switch
        {
            "Linear" => new Linear(2, 3),
            "BatchNorm" => new BatchNorm(4),
            "CausalSelfAttention" => new CausalSelfAttention(4, 2),
            _ => new Dropout(0.5),
        };
        string[] names = [.. ParameterNames.Of(made).Select(p => p.Path.Split('.')[0]).Distinct()];
        Assert.Equal(expected, names);
        string page = Page("layers", layer);
        string table = Regex.Match(page, @"\| Name in checkpoints \|(.*?)\n\n", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(expected, Regex.Matches(table, @"^\| `(\w+)`", RegexOptions.Multiline).Select(m => m.Groups[1].Value));
    }

    [Fact]
    public void PageOfAnOperator_ReadsAsItsSourceDoes()
    {
        string page = Page("operators", "RMSNorm");
        Assert.Contains("```csharp\nTensor RMSNorm(Tensor x, Tensor gain, double epsilon = 1e-05)\n```", page, StringComparison.Ordinal);
        Assert.Contains("| `gain` | [`Tensor`](../models/Tensor.md) | \\[C\\]; fp32. |", page, StringComparison.Ordinal);
        Assert.Contains("| **Source** | Zhang and Sennrich, Root Mean Square Layer Normalization (2019). |", page, StringComparison.Ordinal);
        Assert.Contains("| **Errors** | [MC1126](../diagnostics/MC1126.md) where gain is not \\[C\\] or x is a scalar. |", page, StringComparison.Ordinal);
        Assert.Contains("- [RMSNorm](../layers/RMSNorm.md) (layers)", page, StringComparison.Ordinal);
        Assert.Contains("(Tensor Last, Tensor All) Scan(\n    Tensor sequence,\n    Tensor state,\n    Func<Tensor, Tensor, Tensor> step)\n", Page("operators", "Scan"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_AreTheSameInAnyCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NegativeSign) = (",", "\u2212");
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal(site.Files, CollectPages.Run(Repository.Root, [.. SitePages.Assemblies.Reverse()]).Files);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Folder_IsBroughtUpToDateAndOthersAreLeftAlone()
    {
        using var folder = new TemporaryFolder();
        string pages = folder["pages"];
        var first = new PageFolder();
        first.Add("a.md", "# A");
        first.Add("b/c.md", "# C");
        first.WriteTo(pages);
        var second = new PageFolder();
        second.Add("b/c.md", "# Changed");
        second.WriteTo(pages);
        Assert.Equal("# Changed\n", File.ReadAllText(Path.Combine(pages, "b", "c.md")));
        Assert.False(File.Exists(Path.Combine(pages, "a.md")));

        string foreign = folder["foreign"];
        Directory.CreateDirectory(foreign);
        File.WriteAllText(Path.Combine(foreign, "thesis.txt"), "mine");
        var problem = Assert.Throws<IOException>(() => second.WriteTo(foreign));
        Assert.Contains("Give an empty folder", problem.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(foreign, "thesis.txt")));

        Assert.Contains("would be one page", Assert.Throws<InvalidDataException>(() => second.Add("B/C.md", "")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_OnAFolderThatIsNoRepository_NamesItAndFails()
    {
        using var folder = new TemporaryFolder();
        Command run = await Command.DotNet(AppContext.BaseDirectory, typeof(ReadCosts).Assembly.Location, "pages", folder["nothing"], folder["out"], SitePages.Assemblies[0]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("has no Definitions/Operators: give the root of the repository", run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["out"]));
    }

    string Page(string folder, string name)
    {
        Assert.True(site.Files.TryGetValue($"reference/{folder}/{name}.md", out string? page), $"{folder} has no page for {name}");
        return page!;
    }
}
