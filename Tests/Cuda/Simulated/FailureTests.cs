using System;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Calls that fail and kernels that are wrong: what the user is told.</summary>
public sealed unsafe class FailureTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    const string Bad = """
        extern "C" __global__ void write_beyond(float* x) { x[threadIdx.x + (1 << 26)] = 1; }
        extern "C" __global__ void write_inside(float* x) { x[threadIdx.x] = 1; }
        """;

    [Fact]
    public void IllegalAddress_NamesTheKernel_WhereLaunchesAreSynchronised()
    {
        using CudaModule module = CudaModule.Compile(device.Context, device.Compiler, "bad.cu", CudaPrelude.With("bad.cu", Bad));
        using var x = new CudaDeviceVariable<float>(device.Context, 32);
        CudaDebug.SynchronizesLaunches = true;
        Launch(module.GetKernel("write_inside"), x);
        var failure = Assert.Throws<CudaIllegalAddressException>(() => Launch(module.GetKernel("write_beyond"), x));
        Assert.Equal("write_beyond", failure.Kernel);
        Assert.Equal(("CUDA_ERROR_ILLEGAL_ADDRESS", 700), (failure.ErrorName, failure.ErrorCode));
        Assert.Contains("the kernel write_beyond. The kernel is write_beyond.", failure.Message, StringComparison.Ordinal);
        ExpectsFindings = true;
    }

    [Fact]
    public void IllegalAddress_IsReportedLater_WithTheWayToFindIt()
    {
        using CudaModule module = CudaModule.Compile(device.Context, device.Compiler, "bad.cu", CudaPrelude.With("bad.cu", Bad));
        using var x = new CudaDeviceVariable<float>(device.Context, 32);
        Launch(module.GetKernel("write_beyond"), x);
        Launch(module.GetKernel("write_inside"), x);
        var failure = Assert.Throws<CudaIllegalAddressException>(device.Stream.Synchronize);
        Assert.Null(failure.Kernel);
        Assert.Contains(CudaDebug.Variable, failure.Message, StringComparison.Ordinal);
        Assert.Throws<CudaIllegalAddressException>(device.Stream.Synchronize);
        ExpectsFindings = true;
    }

    [Theory]
    [InlineData("cuGraphLaunch", 999, typeof(CudaDeviceLostException))]
    [InlineData("cuGraphLaunch", 719, typeof(CudaException))]
    [InlineData("cuMemAlloc_v2", 2, typeof(CudaOutOfMemoryException))]
    [InlineData("cuLaunchKernel", 701, typeof(CudaException))]
    [InlineData("cuMemcpyHtoDAsync_v2", 214, typeof(CudaDeviceLostException))]
    public void FailedCall_BecomesItsType(string function, int code, Type type)
    {
        using CudaModule module = CudaModule.Compile(device.Context, device.Compiler, "bad.cu", CudaPrelude.With("bad.cu", Bad));
        using var x = new CudaDeviceVariable<float>(device.Context, 32);
        CudaKernel kernel = module.GetKernel("write_inside");       // a recording can load none
        device.Stream.BeginCapture();
        Launch(kernel, x);
        using CudaGraph graph = device.Stream.EndCapture();
        using CudaGraphExec step = graph.Instantiate();
        Simulator.Configure("MCSIM_FAIL", $"{function}:1:{code}");
        var failure = Assert.ThrowsAny<CudaException>(() =>
        {
            using CudaDeviceVariable<float> y = device.Upload<float>(1, 2);
            Launch(kernel, x);
            step.Launch(device.Stream);
        });
        Assert.IsType(type, failure);
        Assert.Equal((function, code), (failure.Call, failure.ErrorCode));
        Simulator.Configure("MCSIM_FAIL", "");
        ExpectsFindings = true;
    }

    [Fact]
    public void WrongKernel_IsReportedUnderItsName()
    {
        var failure = Assert.Throws<CudaCompilationException>(() => device.Compiler.Compile("gpt_ln1.cu",
            CudaPrelude.With("gpt_ln1.cu", "extern \"C\" __global__ void gpt_ln1(float* x) {\n    x[0] = missing;\n}"), new(9, 0)));
        Assert.Equal("gpt_ln1.cu", failure.Kernel);
        Assert.Contains("missing", failure.Log, StringComparison.Ordinal);
        Assert.Contains("gpt_ln1.cu:2", failure.Log.Replace("gpt_ln1.cu(2)", "gpt_ln1.cu:2", StringComparison.Ordinal), StringComparison.Ordinal);
        ExpectsFindings = true;
    }

    [Fact]
    public void KernelThatIsNotThere_IsNamedWithItsFile()
    {
        using CudaModule module = CudaModule.Compile(device.Context, device.Compiler, "bad.cu", CudaPrelude.With("bad.cu", Bad));
        var failure = Assert.Throws<CudaException>(() => module.GetKernel("nowhere"));
        Assert.Equal("CUDA_ERROR_NOT_FOUND", failure.ErrorName);
        Assert.Contains("while looking in bad.cu for the kernel nowhere.", failure.Message, StringComparison.Ordinal);
        ExpectsFindings = true;
    }

    [Fact]
    public void KernelsOfADisposedModule_CannotBeLaunched()
    {
        CudaModule module = CudaModule.Compile(device.Context, device.Compiler, "bad.cu", CudaPrelude.With("bad.cu", Bad));
        CudaKernel kernel = module.GetKernel("write_inside");
        using var x = new CudaDeviceVariable<float>(device.Context, 32);
        module.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Launch(kernel, x));
        Assert.Throws<ObjectDisposedException>(() => module.GetKernel("write_inside"));
    }

    [Fact]
    public void TooManyThreads_AreRefusedAtTheLaunch()
    {
        using CudaModule module = CudaModule.Compile(device.Context, device.Compiler, "bad.cu", CudaPrelude.With("bad.cu", Bad));
        var failure = Assert.Throws<CudaException>(() => module.GetKernel("write_inside").Launch(device.Stream, CudaLaunchShape.Of(1, 2048), null));
        Assert.Contains("while launching the kernel write_inside.", failure.Message, StringComparison.Ordinal);
        ExpectsFindings = true;
    }

    [Fact]
    public void DamagedImage_IsRefusedUnderItsName()
    {
        var failure = Assert.Throws<CudaException>(() => new CudaModule(device.Context, [1, 2, 3, 4], "gpt.cubin"));
        Assert.Contains("while loading the kernels of gpt.cubin", failure.Message, StringComparison.Ordinal);
        ExpectsFindings = true;
    }

    /// <summary>What an earlier run stored may be whole and still not load, as after another driver was installed.</summary>
    [Fact]
    public void StoredImageThatDoesNotLoad_IsCompiledAgain()
    {
        using var folder = new TemporaryFolder();
        var cache = new CubinCache(folder[""]);
        var compiler = new CudaRuntimeCompiler(cache);
        string source = CudaPrelude.With("bad.cu", Bad);
        CudaModule.Compile(device.Context, compiler, "bad.cu", source).Dispose();
        string stored = Directory.GetFiles(folder[""], "*.cubin").Single();
        cache.Write(new CacheKey(Path.GetFileNameWithoutExtension(stored)), [1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal(8, compiler.Compile("bad.cu", source, new(9, 0)).Image.Length);
        using CudaModule module = CudaModule.Compile(device.Context, compiler, "bad.cu", source);
        Assert.Equal("write_inside", module.GetKernel("write_inside").Name);
        Assert.True(compiler.Compile("bad.cu", source, new(9, 0)).Image.Length > 8);
        ExpectsFindings = true;
    }

    void Launch(CudaKernel kernel, CudaDeviceVariable<float> x)
    {
        ulong address = x.DevicePointer;
        void* argument = &address;
        kernel.Launch(device.Stream, CudaLaunchShape.Of(1, 32), &argument);
    }
}
