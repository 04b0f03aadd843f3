using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Generated;

/// <summary>What the generator writes, file by file: a change of emission shows in review.</summary>
public sealed class GeneratedCodeTests
{
    static string[] Sources(string folder) =>
        [.. Directory.GetFiles(folder, "*.cs").Where(f => !f.EndsWith(".g.verified.cs", StringComparison.Ordinal) && !f.EndsWith(".received.cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    static (string, string)[] Read(IEnumerable<string> files) => [.. files.Select(f => (Path.GetFileName(f), File.ReadAllText(f)))];

    [Theory]
    [InlineData("Perceptron")]
    [InlineData("TiedLoops")]
    public void Scenario_GeneratesItsGoldens(string scenario)
    {
        GeneratorRun run = GeneratorRun.Of(Read(Sources(Path.Combine(Repository.Root, "Tests", "Generated", scenario))));
        Assert.NotEmpty(run.Files);
        Match(scenario, run.Files);
    }

    [Fact]
    public void BrokenModel_KeepsItsSurface()
    {
        GeneratorRun run = GeneratorRun.Once(GeneratorRun.Compilation(Read(Sources(Path.Combine(Repository.Root, "Tests", "Generated", "Broken")))), out _);
        Assert.Equal("MC0001", Assert.Single(run.Diagnostics).Id);
        Match("Broken", run.Files);
    }

    /// <summary>Samples/*/Generated is what the generator makes of the sample today.</summary>
    [Theory]
    [InlineData("CharGpt", "Model.cs", "Block.cs")]
    [InlineData("Digits", "Model.cs", "DigitConvNet.cs")]
    [InlineData("Lstm", "Model.cs")]
    [InlineData("FashionMnist", "Images.cs", "LeNet.cs", "AlexNet.cs", "ResNet.cs", "ResidualBlock.cs")]
    public void Sample_HasItsGeneratedCodeCheckedIn(string sample, params string[] models)
    {
        string folder = Path.Combine(Repository.Root, "Samples", sample), generated = Path.Combine(folder, "Generated");
        GeneratorRun run = GeneratorRun.Of(Read(models.Select(m => Path.Combine(folder, m))));
        // A model's source as text is for the compiler's own use; a reader has the source.
        var files = run.Files.Where(f => !f.Key.EndsWith(".Source.g.cs", StringComparison.Ordinal)).ToDictionary(f => Short(f.Key), f => f.Value);
        if (Repository.UpdatesGoldens)
        {
            if (Directory.Exists(generated)) Directory.Delete(generated, recursive: true);
            Directory.CreateDirectory(generated);
            foreach ((string name, string text) in files) File.WriteAllText(Path.Combine(generated, name), text);
        }
        Assert.True(Directory.Exists(generated), $"{generated} is missing: UPDATE_GOLDEN=1 dotnet test");
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(generated).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        foreach ((string name, string text) in files)
            Assert.True(text == File.ReadAllText(Path.Combine(generated, name)), $"Samples/{sample}/Generated/{name} is not what the generator makes now: UPDATE_GOLDEN=1 dotnet test");
    }

    /// <summary>"Samples.CharGpt.CharGpt.Forward.g.cs" is "CharGpt.Forward.g.cs".</summary>
    static string Short(string name) => string.Join(".", name.Split('.')[^4..]);

    static void Match(string scenario, IReadOnlyDictionary<string, string> files)
    {
        foreach ((string name, string text) in files)
            Golden.Match($"Generated/{scenario}", name[..^".cs".Length], ".cs", text);
        Golden.NoOthers($"Generated/{scenario}", ".cs", files.Keys.Select(n => n[..^".cs".Length]));
    }
}
