using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Native;
using ModelCompiler.Tests.Cuda.Simulated;
using ModelCompiler.Tests.Harness;
using System;
using System.Collections.Generic;
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

    /// <summary>On the simulator, which stands for NVRTC at build and for the device: with the package's targets, from the model to a run without NVRTC.</summary>
    [Fact]
    public async Task KernelsOfCuda_AreEmbeddedByTheBuild_AndRunWithoutNvrtc()
    {
        Assert.SkipUnless(Simulator.IsBuilt, Simulator.HowToBuild);
        Dictionary<string, string> with = new()
        {
            [LibrarySearch.ModeVariable] = "sim", [LibrarySearch.SimulatorVariable] = Simulator.Path, [CubinCache.FolderVariable] = "off", [LibrarySearch.CompilerVariable] = "",
        };
        Dictionary<string, string> without = new(with) { [LibrarySearch.CompilerVariable] = "off" };
        string folder = await project.Another("Embedding", ("Model.cs", Model(width: 8)), ("Program.cs", """
            using System;
            using ModelCompiler.Runtime;
            using ModelCompiler.Runtime.Training;

            float[] x = new float[16 * 2], y = new float[16];
            for (int i = 0; i < 16; i++) (x[2 * i], x[2 * i + 1], y[i]) = (i % 4 / 4f, i / 4 / 4f, i / 16f);
            using var cpu = Embedding.Net.CreateTrainer(Device.Cpu.WithThreads(1), new AdamW(0.02f), seed: 1);
            using var cuda = Embedding.Net.CreateTrainer(Device.Cuda(0), new AdamW(0.02f), seed: 1);
            float most = 0;
            for (int step = 0; step < 5; step++)
            {
                float expected = cpu.Step(x, y);
                cuda.Step(x, y);
                most = MathF.Max(most, MathF.Abs(cuda.Synchronize() - expected) / expected);
            }
            Console.WriteLine(most < 1e-3f ? "the same losses" : $"{most} apart");
            """));
        string assembly = Path.Combine(folder, "bin", "Release", "net10.0", "Embedding.dll");

        Command nothing = await Build(without);
        Assert.Contains("0 Warning(s)", nothing.Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("The program embeds no compiled kernels. Publish it with -p:ModelCompilerCubins=sm_90", (await Run(without)).Errors, StringComparison.Ordinal);

        Command automatic = await Build(without, "-p:ModelCompilerCubins=auto");
        Assert.Contains("0 Warning(s)", automatic.Succeeded().Output, StringComparison.Ordinal);
        Command asked = await Build(without, "-p:ModelCompilerCubins=sm_90");
        Assert.NotEqual(0, asked.ExitCode);
        Assert.Contains("error MCB001: ModelCompilerCubins is sm_90, and there is no NVRTC", asked.Output, StringComparison.Ordinal);

        Command embedding = await Build(with, "-p:ModelCompilerCubins=sm_80+sm_90");
        Assert.Contains("Embedding embeds ", embedding.Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal("the same losses", (await Run(without)).Succeeded().Output.Trim());
        // MSBuild sees a resource that was not there when the first build began, and compiles C# once more; kernels never.
        Command settled = await Build(with, "-p:ModelCompilerCubins=sm_80+sm_90");
        Assert.DoesNotContain("embeds", settled.Succeeded().Output, StringComparison.Ordinal);
        DateTime written = File.GetLastWriteTimeUtc(assembly);
        Command again = await Build(with, "-p:ModelCompilerCubins=sm_80+sm_90");
        Assert.DoesNotContain("embeds", again.Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(assembly));

        File.WriteAllText(Path.Combine(folder, "Model.cs"), Model(width: 12));
        Assert.Contains("Embedding embeds ", (await Build(with, "-p:ModelCompilerCubins=sm_80+sm_90")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal("the same losses", (await Run(without)).Succeeded().Output.Trim());
        (await Build(with, "-p:ModelCompilerCubins=off")).Succeeded();
        Assert.NotEqual(0, (await Run(without)).ExitCode);

        Task<Command> Build(Dictionary<string, string> environment, params string[] settings) =>
            Command.DotNet(folder, environment, ["build", "-c", "Release", "-nologo", "--no-restore", .. settings]);

        Task<Command> Run(Dictionary<string, string> environment) => Command.DotNet(folder, environment, assembly);

        static string Model(int width) => $$"""
            using ModelCompiler;
            using static ModelCompiler.Operators;

            namespace Embedding;

            [Model, Dim("B", Max = 16), Targets(Target.Cpu | Target.Cuda)]
            public sealed partial class Net
            {
                readonly Linear hidden = new(2, {{width}}), output = new({{width}}, 1);

                [Loss]
                public Tensor Loss([Shape("B", "2")] Tensor x, [Shape("B", "1")] Tensor y)
                {
                    Tensor error = output.Forward(Relu(hidden.Forward(x))) - y;
                    return Mean(Mean(error * error, 1), 0);
                }
            }
            """;
    }
}
