using ModelCompiler.Tests.Harness;
using System;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;

namespace ModelCompiler.Tests.Package;

/// <summary>The package does all it says for someone who has nothing else.</summary>
public sealed class PackageTests(UserProject project) : IClassFixture<UserProject>
{
    [Fact]
    public async Task ProjectWithOnePackageReference_BuildsTrainsAndReports()
    {
        Command run = (await Command.DotNet(project.Folder, "run", "-c", "Release")).Succeeded();

        string[] words = run.Output.Trim().Split(' ');
        Assert.Equal(3, words.Length);
        Assert.Equal((2 * 8 + 8 + 8 + 1).ToString(CultureInfo.InvariantCulture), words[0]);
        float first = float.Parse(words[1], CultureInfo.InvariantCulture), last = float.Parse(words[2], CultureInfo.InvariantCulture);
        Assert.InRange(last, 0, first / 10);

        string report = project.Read("modelcompiler.report.md");
        Assert.Contains("# Models of Line\n", report, StringComparison.Ordinal);
        Assert.Contains("## Line.Net\n\n33 parameters, 132 B in fp32.", report, StringComparison.Ordinal);
        Assert.Matches(@"\| training step \| [1-9][0-9,]* \| [1-9][0-9,]* \|", report);
        Assert.Contains("| `Predict` |", report, StringComparison.Ordinal);
    }

    /// <summary>Evaluated, not published: the native compiler's own packages are not in the feed.</summary>
    [Theory]
    [InlineData("linux-x64", "", "x86-64-v3")]
    [InlineData("linux-x64", "x86-64-v4", "x86-64-v4")]
    [InlineData("linux-arm64", "", "")]
    public async Task NativePublish_GetsAnInstructionSetUnlessTheUserChoseOne(string platform, string chosen, string expected)
    {
        string[] choice = chosen.Length == 0 ? [] : [$"-p:IlcInstructionSet={chosen}"];
        Command run = await Command.DotNet(project.Folder,
            ["msbuild", "-nologo", "-p:PublishAot=true", $"-p:RuntimeIdentifier={platform}", .. choice, "-getProperty:IlcInstructionSet"]);
        Assert.Equal(expected, run.Succeeded().Output.Trim());
    }

    [Fact]
    public async Task Settings_AllowUnsafeCodeAndAddNoUsings()
    {
        Assert.Equal("true", await Evaluate("-getProperty:AllowUnsafeBlocks"));
        Assert.DoesNotContain("ModelCompiler", await Evaluate("-getItem:Using"), StringComparison.Ordinal);
        Assert.Contains("ModelCompiler.Operators", await Evaluate("-p:ModelCompilerUsings=true", "-getItem:Using"), StringComparison.Ordinal);

        async Task<string> Evaluate(params string[] what) =>
            (await Command.DotNet(project.Folder, ["msbuild", "-nologo", .. what])).Succeeded().Output.Trim();
    }

    [Fact]
    public async Task MistakeInAModel_IsReportedByThePackagedAnalyzerAtItsLine()
    {
        project.Write("Wrong.cs", """
            using ModelCompiler;

            namespace Line;

            [Model]
            public sealed partial class Wrong
            {
                readonly Linear layer = new(3, 1);

                [Loss]
                public Tensor Loss([Shape("2", "4")] Tensor x) => Operators.Sum(Operators.Sum(layer.Forward(x), 1), 0);
            }
            """);
        try
        {
            Command build = await Command.DotNet(project.Folder, "build", "-c", "Debug", "-nologo");
            Assert.NotEqual(0, build.ExitCode);
            Assert.Matches(@"Wrong\.cs\(11,\d+\): error MC1109: ", build.Output);
        }
        finally
        {
            File.Delete(Path.Combine(project.Folder, "Wrong.cs"));
        }
    }
}
