using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Embedding;
using ModelCompiler.Runtime.Cuda.Programs;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda;

/// <summary>The pack of compiled kernels that a build embeds: what is in it, and who can run it.</summary>
public sealed class EmbeddedCubinsTests
{
    static readonly PackedText first = new("first.cu", "text", ["--define-macro=A=1"]), second = new("second.cu", "text", ["--define-macro=A=2"]);

    /// <summary>The texts of some models of these tests; there are more, and compiling takes its time.</summary>
    internal static IReadOnlyList<PackedText> TextsOf(params Type[] models) => BuildCubins.Survey(BuildCubins.ProgramsOf(typeof(GptOnCuda).Assembly)
        .Where(t => models.Any(m => t.FullName!.StartsWith(m.FullName + "+", StringComparison.Ordinal))));

    internal static byte[] PackOf(string compiler, params (PackedText, CubinTarget, byte[])[] images) => CubinPack.Write(compiler, images);

    static CubinPack Read(byte[] pack) => CubinPack.Read("Tests", () => new MemoryStream(pack));

    [Theory]
    [InlineData("sm_80", "8.0 8.6 8.9", "7.5 9.0 10.0 12.0")]
    [InlineData("sm_86", "8.6 8.9", "8.0 9.0")]
    [InlineData("sm_90", "9.0", "8.9 10.0")]
    [InlineData("compute_90", "9.0 10.0 12.0", "8.0 8.9")]
    public void Targets_RunWithinTheirGeneration_AndPtxOnAllThatFollow(string target, string on, string notOn)
    {
        CubinTarget parsed = CubinTarget.Parse(target);
        Assert.Equal(target, parsed.ToString());
        Assert.All(Devices(on), d => Assert.True(parsed.Runs(d), $"{target} on {d}"));
        Assert.All(Devices(notOn), d => Assert.False(parsed.Runs(d), $"{target} on {d}"));

        static IEnumerable<CudaComputeCapability> Devices(string text) =>
            text.Split(' ').Select(d => d.Split('.')).Select(d => new CudaComputeCapability(int.Parse(d[0]), int.Parse(d[1])));
    }

    [Fact]
    public void Lists_AreSorted_AndWhatIsNoneIsRefused()
    {
        Assert.Equal(["sm_80", "sm_90", "compute_90"], CubinTarget.ParseList("compute_90; sm_90;sm_80;sm_90").Select(t => t.ToString()));
        Assert.Equal(["sm_80", "compute_80"], CubinTarget.ParseList("sm_80+compute_80").Select(t => t.ToString()));
        foreach (string wrong in (string[])["", "true", "sm_", "sm_9", "90", "sm_90a", "sm_80;x"])
            Assert.Contains("sm_80;sm_90;compute_90", Assert.Throws<FormatException>(() => CubinTarget.ParseList(wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pack_HoldsWhatWasWritten_AndItsBytesDoNotDependOnTheOrder()
    {
        (PackedText, CubinTarget, byte[])[] images = [.. from text in (PackedText[])[first, second] from target in CubinTarget.Usual
            select (text, target, Encoding.ASCII.GetBytes($"{text.Name} {target} {new string('x', 1000)}"))];
        byte[] written = PackOf("NVRTC 11.8", images);
        Assert.Equal(written, PackOf("NVRTC 11.8", [.. images.Reverse()]));
        Assert.True(written.Length < images.Sum(i => i.Item3.Length), "it is not compressed");
        CubinPack pack = Read(written);
        Assert.Equal(("Tests", "NVRTC 11.8", 2), (pack.Owner, pack.Compiler, pack.Count));
        Assert.Equal(CubinTarget.Usual, pack.Targets);
        Assert.All(images, i => Assert.Equal(i.Item3, pack.Image(i.Item1.Key, i.Item2)));
        Assert.True(pack.IsOf([second, first], CubinTarget.Usual));
        Assert.False(pack.IsOf([first], CubinTarget.Usual));
        Assert.False(pack.IsOf([first, second], [new(false, 90)]));
        Assert.NotEqual(first.Key, second.Key);
        Assert.Equal(0, Read(PackOf("")).Count);
    }

    [Fact]
    public void DamagedPack_IsRefused_AndADamagedImageOnlyItself()
    {
        CubinTarget target = new(false, 90);
        byte[] pack = PackOf("NVRTC 11.8", (first, target, new byte[64]), (second, target, Encoding.ASCII.GetBytes("the second image, which does not compress")));
        for (int i = 0; i < 80; i++)
        {
            byte[] damaged = [.. pack];
            damaged[i] ^= 1;
            Assert.Throws<InvalidDataException>(() => Read(damaged));
        }
        for (int length = 0; length < 80; length++) Assert.Throws<InvalidDataException>(() => Read(pack[..length]));
        byte[] atEnd = [.. pack];
        atEnd[^2] ^= 1;
        CubinPack read = Read(atEnd);
        Assert.Equal(new byte[64], read.Image(first.Key, target));
        Assert.Contains("Tests", Assert.Throws<InvalidDataException>(() => read.Image(second.Key, target)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Read(pack[..^1]).Image(second.Key, target));
    }

    [Fact]
    public void Survey_OfAModel_NeedsNoDevice_AndFindsWhatEveryOptimizerAndPassNeeds()
    {
        IReadOnlyList<PackedText> texts = TextsOf(typeof(GptOnCuda));
        string[] names = [.. texts.Select(t => t.Name).Distinct()];
        foreach (string file in (string[])["adafactor", "attention_backward_float", "attention_delta", "attention_forward_float", "gradients", "muon",
            "numbers", "optimizer", "product_epilogues", "program", "rows", "scatter_add", "strided_product"])
            Assert.Contains(file + ".cu", names);
        Assert.Single(names, n => n.EndsWith("GptOnCuda.cu", StringComparison.Ordinal));
        Assert.All(texts.Where(t => t.Name == "attention_forward_float.cu"), t => Assert.Contains("--define-macro=HEAD=8", t.Options));
        Assert.Equal(texts.Select(t => t.Key), TextsOf(typeof(GptOnCuda)).Select(t => t.Key));
    }

    [Fact]
    public void Survey_TriesLengthsOfEveryKind()
    {
        long[][] lengths = [.. CudaProgram.Lengths([16, 5])];
        Assert.Contains(lengths, l => l is [1, 1]);
        Assert.Contains(lengths, l => l is [15, 4]);
        Assert.Contains(lengths, l => l is [8, 5]);
        Assert.Contains(lengths, l => l is [1, 5]);
        Assert.Contains(lengths, l => l is [16, 1]);
        Assert.All(lengths, l => Assert.True(l[0] is >= 1 and <= 16 && l[1] is >= 1 and <= 5));
    }

    [Fact]
    public void Build_WithNvrtc_CompilesEveryTextForEveryTarget_Once()
    {
        RealCompiler.OrSkip();
        using var folder = new TemporaryFolder();
        IReadOnlyList<PackedText> texts = TextsOf(typeof(GptOnCuda));
        string path = folder["pack"], again = folder["again"];
        string Build(string at, string targets) => BuildCubins.Run("Tests", texts, at, targets, Compiler);
        string done = Build(path, "sm_80;sm_90;compute_90");
        Assert.StartsWith($"Tests embeds {texts.Count} texts of CUDA kernels, compiled by NVRTC 11.8 for sm_80, sm_90, compute_90: ", done, StringComparison.Ordinal);
        CubinPack pack = Read(File.ReadAllBytes(path));
        Assert.True(pack.IsOf(texts, CubinTarget.Usual));
        foreach (PackedText text in texts)
        {
            Assert.All([80, 90], n => Assert.Equal("\u007fELF"u8, pack.Image(text.Key, new(false, n)).AsSpan(0, 4)));
            Assert.Contains(".target sm_90", Encoding.ASCII.GetString(pack.Image(text.Key, new(true, 90))), StringComparison.Ordinal);
        }
        DateTime written = File.GetLastWriteTimeUtc(path);
        Assert.Equal("", Build(path, "sm_80;sm_90;compute_90"));
        Assert.Equal("", Build(path, "auto"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
        Build(again, "auto");
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        Assert.NotEqual("", Build(path, "sm_90"));
        Assert.Contains("sm_123, which NVRTC 11.8 does not know; it knows sm_", Assert.Throws<InvalidOperationException>(() => Build(path, "sm_123")).Message, StringComparison.Ordinal);

        CudaRuntimeCompiler Compiler() => new(new CubinCache(folder["cubins"]));
    }

    [Fact]
    public void Build_WithoutNvrtc_FailsOnlyWhereItWasAskedForArchitectures()
    {
        using var folder = new TemporaryFolder();
        string path = folder["pack"];
        Assert.Equal("", BuildCubins.Run("Tests", [first], path, "auto", Missing));
        Assert.False(File.Exists(path));
        string message = Assert.Throws<InvalidOperationException>(() => BuildCubins.Run("Tests", [first], path, "sm_90", Missing)).Message;
        Assert.StartsWith("ModelCompilerCubins is sm_90, and there is no NVRTC that could compile kernels for that. Set it to off, or to auto", message, StringComparison.Ordinal);
        // What an earlier build has compiled still holds, or goes.
        byte[] pack = PackOf("NVRTC 11.8", (first, new(false, 90), new byte[8]));
        File.WriteAllBytes(path, pack);
        Assert.Equal("", BuildCubins.Run("Tests", [first], path, "auto", Missing));
        Assert.Equal(pack, File.ReadAllBytes(path));
        Assert.NotEqual("", BuildCubins.Run("Tests", [second], path, "auto", Missing));
        Assert.Equal(0, Read(File.ReadAllBytes(path)).Count);
        Assert.Equal("", BuildCubins.Run("Tests", [second], path, "auto", Missing));
        Assert.Equal("", BuildCubins.Run("Tests", [], path, "sm_90", Missing));

        static CudaRuntimeCompiler Missing() => throw new CudaLibraryNotFoundException("NVRTC", [], "It is nowhere.");
    }
}
