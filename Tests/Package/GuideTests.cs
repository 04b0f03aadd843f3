using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Package;

/// <summary>Every C# block of every guide compiles with the generator, and its program does what the guide says.</summary>
public sealed class GuideTests
{
    /// <summary>What a guide's program must say; a group is a number, between the bounds.</summary>
    static readonly Dictionary<string, (string Pattern, double Least, double Most)> Expected = new()
    {
        ["index.md"] = ("", 0, 0),
        ["guides/getting-started.md"] = (@"0\.5² is about (\S+)", 0.2, 0.3),
        ["guides/walkthrough-table.md"] = (@"test loss \S+, accuracy (\d+) %", 80, 100),
        ["guides/walkthrough-images.md"] = (@"test accuracy (\d+) %", 90, 100),
        ["guides/walkthrough-sequences.md"] = (@"(\S+) nats per character", 0, 1),
        ["guides/shapes.md"] = (@"loss (\S+)", 3, 5),
        ["guides/loops.md"] = (@"to (\S+);", 0, 0.1),
        ["guides/modes.md"] = (@"the same bits with one thread and with two: True[\s\S]*first step (\S+)", 0.1, 3),
        ["guides/own-operators.md"] = ("compiled and eager differ by less than 1e-5: True", 0, 0),
        ["guides/training.md"] = (@"accuracy (\d+) %", 70, 100),
        ["guides/data.md"] = (@"position epoch=5\S+; (\d+) items", 24, 24),
        ["guides/checkpoints.md"] = (@"going on after step (\d+)[\s\S]*the same bits as without a stop: True", 40, 40),
        ["guides/runs.md"] = (@"step +\d+ +\S+ +(\S+) %", 100, 100),
        ["guides/generated-code.md"] = (@"^(\d+) parameters, [1-9]\d* operations a step, [1-9]\d* bytes", 8, 8),
    };

    public static TheoryData<string> Guides => [.. GuideProgram.All];

    [Fact]
    public void EveryGuideWithCode_HasAnExpectation() => Assert.Equal(Expected.Keys.Order(StringComparer.Ordinal), GuideProgram.All);

    [Theory, MemberData(nameof(Guides))]
    public async Task Blocks_AreAProgramThatDoesWhatTheGuideSays(string guide)
    {
        CSharpCompilation compilation = GuideProgram.Compilation(guide);
        ImmutableArray<Diagnostic> found = await GeneratorRun.Analyze(compilation);
        Assert.DoesNotContain(found, d => d.Severity >= DiagnosticSeverity.Warning);
        GeneratorRun run = GeneratorRun.Once(compilation, out _);
        Assert.Empty(run.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning));

        string folder = Directory.CreateTempSubdirectory("modelcompiler-guide-").FullName;
        try
        {
            string program = GuideProgram.Emit(run.Output, folder);
            GuideData.WriteTo(folder);
            string said = (await Command.DotNet(folder, program)).Succeeded().Output;
            (string pattern, double least, double most) = Expected[guide];
            Match match = Regex.Match(said, pattern, RegexOptions.Multiline);
            Assert.True(match.Success, $"{guide} should say {pattern}, but says:\n{said}");
            if (match.Groups.Count > 1) Assert.InRange(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), least, most);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A line of a block fits a page; a guide's code is in one of these languages, so that none escapes the compiler by another name.</summary>
    [Fact]
    public void Code_FitsThePageAndSaysItsLanguage()
    {
        string site = Path.Combine(Repository.Root, "Generator", "Build", "Site");
        int blocks = 0;
        foreach (string file in Directory.GetFiles(site, "*.md", SearchOption.AllDirectories))
        {
            bool isInside = false;
            foreach (string line in File.ReadAllLines(file))
            {
                if (line.StartsWith("```", StringComparison.Ordinal))
                {
                    if (!isInside) Assert.True(line[3..] is "csharp" or "xml" or "shell" or "text", $"{file}: {line}");
                    isInside = !isInside;
                    blocks++;
                }
                else if (isInside) Assert.True(line.Length <= 100, $"{file} has a line of {line.Length} columns in a block: {line}");
            }
        }
        Assert.True(blocks > 60);
    }
}
