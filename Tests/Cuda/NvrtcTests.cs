using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda;

/// <summary>Kernels and the real compiler, NVRTC 11.8, which needs no device: they compile without a warning, spill nothing, and stay below
/// the registers that let as many blocks run as they are meant to.</summary>
public sealed class NvrtcTests
{
    /// <summary>Most registers of each kernel, as 11.8 gives them, rounded up to the next 8, which is how the device hands them out.</summary>
    static readonly Dictionary<string, int> Ceilings = new()
    {
        ["gelu_forward"] = 32, ["gelu_backward"] = 32, ["scale_add"] = 32, ["add_by_struct"] = 16,
        ["softmax_1024"] = 48, ["log_sum_exp"] = 24,
        ["layer_norm_forward"] = 56, ["layer_norm_backward"] = 152,
        ["column_sums"] = 32, ["column_sums_finish"] = 32, ["transpose"] = 32,
        ["convert"] = 32, ["draw"] = 16, ["functions"] = 24,
        ["product"] = 72,
    };

    public static TheoryData<string, int, int> Kernels => [.. Directory.GetFiles(Path.Combine(Repository.Root, "Tests", "Cuda", "Kernels"), "*.cu")
        .Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
        .SelectMany(f => (TheoryDataRow<string, int, int>[])[new(f, 8, 0), new(f, 9, 0)])];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Kernels_CompileWithoutSpillsBelowTheirCeilings(string file, int major, int minor)
    {
        CudaCode code = RealCompiler.OrSkip().Compile(file, KernelText.Of(file), new(major, minor), "--ptxas-options=-v");
        Assert.Equal($"sm_{major}{minor}", code.Target);
        Assert.False(code.IsFromCache);
        Assert.Equal([0x7F, (byte)'E', (byte)'L', (byte)'F'], code.Image[..4].ToArray());
        Assert.DoesNotContain("warning", code.Log, StringComparison.Ordinal);
        IReadOnlyList<KernelReport> reports = KernelReport.Read(code.Log);
        Assert.NotEmpty(reports);
        Assert.Equal(KernelText.Of(file).Split("extern \"C\" __global__").Length - 1, reports.Count);
        foreach (KernelReport report in reports)
        {
            Assert.Equal(code.Target, report.Target);
            Assert.True(report.SpillBytes == 0 && report.StackBytes == 0, $"{report}\n{code.Log}");
            Assert.True(Ceilings.TryGetValue(report.Kernel, out int ceiling), $"{report.Kernel} has no ceiling: it uses {report.Registers}");
            Assert.True(report.Registers <= ceiling, $"{report} has more than {ceiling} registers");
            Assert.True(report.SharedBytes <= 48 * 1024, $"{report}");
        }
    }

    [Fact]
    public void EveryCeiling_IsOfAKernelThatIsThere()
    {
        string all = string.Concat(Kernels.Select(k => KernelText.Of(k.Data.Item1)));
        Assert.All(Ceilings.Keys, kernel => Assert.Contains($" {kernel}(", all, StringComparison.Ordinal));
    }

    [Fact]
    public void Compiler_KnowsItsVersionAndArchitectures()
    {
        CudaRuntimeCompiler compiler = RealCompiler.OrSkip();
        Assert.Equal(new Version(11, 8), compiler.Version);
        Assert.Contains(new(8, 0), compiler.Architectures);
        Assert.Contains(new(8, 9), compiler.Architectures);
        Assert.Equal(new(9, 0), compiler.Architectures[^1]);
    }

    [Fact]
    public void DeviceNewerThanTheCompiler_GetsPtxOfTheNewestItKnows()
    {
        CudaCode code = RealCompiler.OrSkip().Compile("softmax.cu", KernelText.Of("softmax.cu"), new(12, 0));
        Assert.Equal("compute_90", code.Target);
        string ptx = System.Text.Encoding.UTF8.GetString(code.Image.Span);
        Assert.Contains(".target sm_90", ptx, StringComparison.Ordinal);
        Assert.Contains(".entry softmax_1024", ptx, StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceOlderThanTheCompiler_IsRefused() =>
        Assert.Throws<CudaCapabilityException>(() => RealCompiler.OrSkip().Compile("softmax.cu", KernelText.Of("softmax.cu"), new(3, 0)));

    [Fact]
    public void WrongKernel_IsReportedUnderItsNameAndLine()
    {
        CudaRuntimeCompiler compiler = RealCompiler.OrSkip();
        string source = CudaPrelude.With("gpt_block_ln1.cu", "extern \"C\" __global__ void gpt_block_ln1(float* x) {\n    x[0] = missing;\n}");
        var failure = Assert.Throws<CudaCompilationException>(() => compiler.Compile("gpt_block_ln1.cu", source, new(8, 0)));
        Assert.Equal("gpt_block_ln1.cu", failure.Kernel);
        Assert.Contains("gpt_block_ln1.cu(2): error: identifier \"missing\" is undefined", failure.Log, StringComparison.Ordinal);
        Assert.StartsWith("gpt_block_ln1.cu does not compile (--gpu-architecture=sm_80 --std=c++17):", failure.Message, StringComparison.Ordinal);
        Assert.Contains(failure.Log.Trim(), failure.Message, StringComparison.Ordinal);
        Assert.Equal(("NVRTC_ERROR_COMPILATION", 6, "nvrtcCompileProgram"), (failure.ErrorName, failure.ErrorCode, failure.Call));
    }

    [Fact]
    public void WrongOption_IsNamed()
    {
        var failure = Assert.Throws<CudaException>(() => RealCompiler.OrSkip().Compile("a.cu", "", new(8, 0), "--no-such-option"));
        Assert.Equal("NVRTC_ERROR_INVALID_OPTION", failure.ErrorName);
        Assert.Contains("--no-such-option", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SameText_GivesTheSameBytes_AndComesFromTheCacheTheSecondTime()
    {
        RealCompiler.OrSkip();
        using var folder = new TemporaryFolder();
        string source = KernelText.Of("columns.cu");
        CudaCode first = Compile(), second = Compile(), anew = new CudaRuntimeCompiler(new CubinCache(null)).Compile("columns.cu", source, new(9, 0));
        Assert.Equal((false, true, false), (first.IsFromCache, second.IsFromCache, anew.IsFromCache));
        Assert.Equal(first.Image.ToArray(), second.Image.ToArray());
        Assert.Equal(first.Image.ToArray(), anew.Image.ToArray());
        string stored = Directory.GetFiles(folder[""], "*.cubin").Single();
        byte[] damaged = File.ReadAllBytes(stored);
        damaged[^1] ^= 1;
        File.WriteAllBytes(stored, damaged);
        CudaCode third = Compile();
        Assert.False(third.IsFromCache);
        Assert.Equal(first.Image.ToArray(), third.Image.ToArray());
        Assert.True(Compile().IsFromCache);

        CudaCode Compile() => new CudaRuntimeCompiler(new CubinCache(folder[""])).Compile("columns.cu", source, new(9, 0));
    }

    [Fact]
    public void Prelude_IncludesNothing_AndIsValidOnItsOwn()
    {
        Assert.DoesNotContain("#include", CudaPrelude.Text, StringComparison.Ordinal);
        CudaCode code = RealCompiler.OrSkip().Compile("prelude.cuh", CudaPrelude.Text, new(8, 9), "--ptxas-options=-v");
        Assert.DoesNotContain("warning", code.Log, StringComparison.Ordinal);
    }
}
