using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Embedding;
using ModelCompiler.Runtime.Cuda.Native;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Runtime;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>A device takes embedded kernels first, whatever NVRTC there is, and NVRTC's where those are of no use.</summary>
public sealed class EmbeddedCubinsOnDeviceTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    const string Source = "extern \"C\" __global__ void twice(float* x) { x[threadIdx.x] *= 2; }";
    static readonly PackedText text = new("twice.cu", Source, []), other = new("other.cu", "other", []);
    static readonly CubinTarget sm90 = new(false, 90), sm80 = new(false, 80), ptx80 = new(true, 80);

    [Fact]
    public async Task Program_WithItsKernelsEmbedded_TrainsWithoutNvrtc()
    {
        using var folder = new TemporaryFolder();
        string pack = folder["pack"];
        Assert.NotEqual("", BuildCubins.Run("Tests", EmbeddedCubinsTests.TextsOf(TrainingWithoutNvrtcTests.Embedded), pack, "sm_90", () => new CudaRuntimeCompiler(new CubinCache(null))));
        string report = await RunWithoutNvrtc(pack);
        Assert.Contains("failed: 0", report, StringComparison.Ordinal);
        Assert.Contains("succeeded: 3", report, StringComparison.Ordinal);
    }

    /// <summary>In a process of its own: here all kernels may be loaded already, and NVRTC is.</summary>
    static async Task<string> RunWithoutNvrtc(string pack)
    {
        ProcessStartInfo start = ChildProcess.With("--filter-class", "*" + nameof(TrainingWithoutNvrtcTests), "--explicit", "on");
        start.Environment[LibrarySearch.ModeVariable] = "sim";
        start.Environment[LibrarySearch.SimulatorVariable] = Simulator.Path;
        start.Environment[LibrarySearch.CompilerVariable] = "off";
        start.Environment[CubinCache.FolderVariable] = "off";
        start.Environment[TrainingWithoutNvrtcTests.PackVariable] = pack;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string report = await output + await errors;
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}\n{report}");
        return report;
    }

    [Fact]
    public void EmbeddedKernel_IsLoaded_AndNobodyAsksForNvrtc()
    {
        byte[] image = Compiled();
        using CudaModule module = Find([(text, sm90, image), (other, sm90, image)], () => throw new InvalidOperationException("NVRTC was asked for"));
        Assert.Equal("twice", module.GetKernel("twice").Name);
        Assert.Equal(0, Simulator.Calls("nvrtcCompileProgram"));
    }

    [Fact]
    public void ImageTheDriverRefuses_IsFollowedByTheNext_AndByNvrtc()
    {
        byte[] image = Compiled();
        using (Find([(text, sm90, [1, 2, 3, 4]), (text, ptx80, image)], () => throw new InvalidOperationException("NVRTC was asked for"))) Assert.Equal(0, Simulator.Calls("nvrtcCompileProgram"));
        using CudaModule compiled = Find([(text, sm90, [1, 2, 3, 4])], () => device.Compiler);
        Assert.Equal("twice", compiled.GetKernel("twice").Name);
        ExpectsFindings = true;
    }

    [Fact]
    public void DamagedPack_IsAsNone()
    {
        byte[] pack = Pack((text, sm90, Compiled()));
        foreach (int at in (int[])[3, 40, pack.Length - 3])
        {
            byte[] damaged = [.. pack];
            damaged[at] ^= 1;
            using CudaModule module = Find(damaged, () => device.Compiler);
            Assert.Equal("twice", module.GetKernel("twice").Name);
            Assert.Contains("embeds are damaged", Missing(damaged), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WithoutNvrtc_WhatIsMissingIsSaid()
    {
        string none = Missing(Pack());
        string lacks = Missing(Pack((other, sm90, [1])));
        Assert.StartsWith("twice.cu would have to be compiled for this device, of compute capability 9.0, and there is no NVRTC to do it. " +
            "Tests embeds 1 texts of kernels, compiled by simulator 13.0 for sm_90, and this text is not among them. " +
            "Publish it with -p:ModelCompilerCubins=sm_90 on a machine with NVRTC, or install NVRTC here. It is nowhere.", lacks, StringComparison.Ordinal);
        Assert.Contains("for sm_80, none of which runs here. ", Missing(Pack((text, sm80, [1]))), StringComparison.Ordinal);
        Assert.Contains("sm_90: the driver refuses it, ", Missing(Pack((text, sm90, [1, 2, 3, 4]))), StringComparison.Ordinal);
        Assert.Contains("was compiled by NVRTC 11.8, which is of no use here. ", Missing(CubinPack.Write("NVRTC 11.8", [(text, sm90, [1])])), StringComparison.Ordinal);
        Assert.Contains("Tests embeds 0 texts", none, StringComparison.Ordinal);
        EmbeddedCubins.Clear();
        Assert.Contains("The program embeds no compiled kernels. ", Missing(null), StringComparison.Ordinal);
        ExpectsFindings = true;
    }

    byte[] Compiled() => new CudaRuntimeCompiler(new CubinCache(null)).CompileFor("sm_90", text.Name, text.Source).Image.ToArray();

    static byte[] Pack(params (PackedText, CubinTarget, byte[])[] images) => CubinPack.Write("simulator 13.0", images);

    CudaModule Find((PackedText, CubinTarget, byte[])[] images, Func<CudaRuntimeCompiler> compiler)
    {
        byte[] pack = Pack(images);
        Simulator.Reset();
        return Find(pack, compiler);
    }

    CudaModule Find(byte[]? pack, Func<CudaRuntimeCompiler> compiler)
    {
        EmbeddedCubins.Clear();
        try
        {
            if (pack is not null) EmbeddedCubins.Add("Tests", () => new MemoryStream(pack));
            return CudaModule.Find(device.Context, compiler, text.Name, text.Source);
        }
        finally
        {
            EmbeddedCubins.Clear();
        }
    }

    string Missing(byte[]? pack) => Assert.Throws<CudaLibraryNotFoundException>(() =>
        Find(pack, () => throw new CudaLibraryNotFoundException("NVRTC", [], "It is nowhere."))).Message;
}
