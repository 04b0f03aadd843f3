using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Package;

/// <summary>
/// A folder outside the repository with the package in a feed of its own and a project that has one PackageReference. Nothing comes from
/// anywhere else: what the package depends on is copied into its feed as this repository's restore has it.
/// </summary>
public sealed class UserProject : IAsyncLifetime
{
    readonly string root = Directory.CreateTempSubdirectory("modelcompiler-package-").FullName;

    /// <summary>Where the project lies.</summary>
    public string Folder => Path.Combine(root, "Line");

    /// <summary>The package's version, as packed.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Every version of a package that NuGet keeps on this machine.</summary>
    static void CopyTo(string feed, string dependency)
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string[] found = Directory.GetFiles(Path.Combine(packages, dependency), "*.nupkg", SearchOption.AllDirectories);
        Assert.NotEmpty(found);
        foreach (string package in found) File.Copy(package, Path.Combine(feed, Path.GetFileName(package)), overwrite: true);
    }

    public async ValueTask InitializeAsync()
    {
        string feed = Path.Combine(root, "feed");
        // Beside the tests, so that packing again builds only what has changed.
        string artifacts = Path.Combine(AppContext.BaseDirectory, "package");
        Command pack = await Command.DotNet(Repository.Root,
            "pack", "Package/Package.csproj", "-c", "Release", "--artifacts-path", artifacts, "-o", feed, "-nologo");
        pack.Succeeded();
        string package = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(feed, "*.nupkg")));
        Assert.StartsWith("ModelCompiler.", package, StringComparison.Ordinal);
        Version = package["ModelCompiler.".Length..];

        foreach (string dependency in (string[])["sep", "csfastfloat", "stbimagesharp", "google.protobuf"]) CopyTo(feed, dependency);

        Directory.CreateDirectory(Folder);
        Write("nuget.config", """
            <configuration>
              <config><add key="globalPackagesFolder" value="../packages" /></config>
              <packageSources><clear /><add key="local" value="../feed" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """);
        Write("Line.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ModelCompiler" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        Write("Model.cs", """
            using ModelCompiler;
            using static ModelCompiler.Operators;

            namespace Line;

            [Model, Dim("B", Max = 16)]
            public sealed partial class Net
            {
                readonly Linear hidden = new(2, 8), output = new(8, 1);

                public Tensor Predict([Shape("B", "2")] Tensor x) => output.Forward(Relu(hidden.Forward(x)));

                [Loss]
                public Tensor Loss([Shape("B", "2")] Tensor x, [Shape("B", "1")] Tensor y)
                {
                    Tensor error = Predict(x) - y;
                    return Mean(Mean(error * error, 1), 0);
                }
            }
            """);
        Write("Program.cs", """
            using System;
            using ModelCompiler.Runtime;
            using ModelCompiler.Runtime.Training;

            float[] x = new float[16 * 2], y = new float[16];
            for (int i = 0; i < 16; i++)
            {
                (x[2 * i], x[2 * i + 1]) = (i % 4 / 4f, i / 4 / 4f);
                y[i] = 1 + 2 * x[2 * i] - x[2 * i + 1];
            }
            using var trainer = Line.Net.CreateTrainer(Device.Cpu.WithThreads(1), new AdamW(learningRate: 0.02f), seed: 1);
            float first = trainer.Step(x, y), last = first;
            for (int step = 0; step < 200; step++) last = trainer.Step(x, y);
            Console.WriteLine(FormattableString.Invariant($"{Line.Net.Cost.Parameters} {first} {last}"));
            """);
        (await Command.DotNet(Folder, "restore", "-nologo")).Succeeded();
    }

    /// <summary>Writes a file of the project.</summary>
    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    /// <summary>Another project beside it, of the same settings and the package only.</summary>
    /// <param name="name">Of the project and its folder.</param>
    /// <param name="files">Names and texts of its files.</param>
    /// <returns>Its folder, restored.</returns>
    public async Task<string> Another(string name, params (string Name, string Text)[] files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        File.Copy(Path.Combine(Folder, "nuget.config"), Path.Combine(folder, "nuget.config"), overwrite: true);
        File.Copy(Path.Combine(Folder, "Line.csproj"), Path.Combine(folder, name + ".csproj"), overwrite: true);
        foreach ((string file, string text) in files) File.WriteAllText(Path.Combine(folder, file), text);
        (await Command.DotNet(folder, "restore", "-nologo")).Succeeded();
        return folder;
    }

    /// <summary>The one file of a name below the project's folder.</summary>
    public string Read(string name) => File.ReadAllText(Directory.GetFiles(Folder, name, SearchOption.AllDirectories).Single());

    public ValueTask DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }
}
