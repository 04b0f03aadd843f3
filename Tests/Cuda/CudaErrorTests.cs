using System;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Tests.Cuda;

/// <summary>What a failed call becomes: a type a program can tell apart, and a message that says what failed while doing what.</summary>
public sealed class CudaErrorTests
{
    [Theory]
    [InlineData(CudaResult.InvalidValue, typeof(CudaException))]
    [InlineData(CudaResult.NoDevice, typeof(CudaNoDeviceException))]
    [InlineData(CudaResult.StubLibrary, typeof(CudaNoDriverException))]
    [InlineData(CudaResult.SystemDriverMismatch, typeof(CudaNoDriverException))]
    [InlineData(CudaResult.UnsupportedPtxVersion, typeof(CudaDriverTooOldException))]
    [InlineData(CudaResult.OutOfMemory, typeof(CudaOutOfMemoryException))]
    [InlineData(CudaResult.IllegalAddress, typeof(CudaIllegalAddressException))]
    [InlineData(CudaResult.MisalignedAddress, typeof(CudaIllegalAddressException))]
    [InlineData(CudaResult.LaunchFailed, typeof(CudaException))]
    [InlineData(CudaResult.EccUncorrectable, typeof(CudaDeviceLostException))]
    [InlineData(CudaResult.NvlinkUncorrectable, typeof(CudaDeviceLostException))]
    [InlineData(CudaResult.DeviceUnavailable, typeof(CudaDeviceLostException))]
    [InlineData(CudaResult.Unknown, typeof(CudaDeviceLostException))]
    internal void Result_HasItsType_AndSaysWhatWasBeingDone(CudaResult result, Type type)
    {
        var failure = Assert.ThrowsAny<CudaException>(() => CudaCheck.Success(result, "cuSomething", "copying", "x"));
        Assert.IsType(type, failure);
        Assert.Equal((int)result, failure.ErrorCode);
        Assert.Equal(CudaResultNames.NameOf(result), failure.ErrorName);
        Assert.Equal("cuSomething", failure.Call);
        Assert.Equal("copying x", failure.Action);
        Assert.StartsWith($"cuSomething failed with {failure.ErrorName} ({(int)result}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("while copying x.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Success_IsNoError()
    {
        CudaCheck.Success(CudaResult.Success, "cuSomething", "copying");
        CudaCheck.Success(NvrtcResult.Success, "nvrtcSomething", "compiling");
        CudaCheck.Success(BlasStatus.Success, "cublasSomething", "multiplying");
    }

    [Fact]
    public void IllegalAddress_NamesTheKernelWhereItIsKnown_AndTheSwitchWhereItIsNot()
    {
        var known = Assert.IsType<CudaIllegalAddressException>(CudaCheck.Exception(CudaResult.IllegalAddress, "cuStreamSynchronize", "running the kernel", "ln1", kernel: "ln1"));
        Assert.Equal("ln1", known.Kernel);
        Assert.Contains("The kernel is ln1.", known.Message, StringComparison.Ordinal);
        var unknown = Assert.IsType<CudaIllegalAddressException>(CudaCheck.Exception(CudaResult.IllegalAddress, "cuStreamSynchronize", "waiting for the stream"));
        Assert.Null(unknown.Kernel);
        Assert.Contains("MODELCOMPILER_CUDA_DEBUG=1", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("checkpoint is intact", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceLost_SaysThatTheCheckpointIsIntact() =>
        Assert.Contains("last checkpoint is intact", CudaCheck.Exception(CudaResult.Unknown, "cuGraphLaunch", "launching a graph").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(BlasStatus.NotSupported, typeof(CudaException), "no algorithm for these types")]
    [InlineData(BlasStatus.AllocationFailed, typeof(CudaOutOfMemoryException), "CUBLAS_STATUS_ALLOC_FAILED")]
    [InlineData(BlasStatus.ArchitectureMismatch, typeof(CudaException), "newer one")]
    [InlineData(BlasStatus.ExecutionFailed, typeof(CudaException), "MODELCOMPILER_CUDA_DEBUG=1")]
    [InlineData((BlasStatus)77, typeof(CudaException), "cuBLAS status 77")]
    internal void BlasStatus_HasItsTypeAndHint(BlasStatus status, Type type, string hint)
    {
        var failure = Assert.ThrowsAny<CudaException>(() => CudaCheck.Success(status, "cublasLtMatmul", "computing the product", "up"));
        Assert.IsType(type, failure);
        Assert.Contains(hint, failure.Message, StringComparison.Ordinal);
        Assert.Contains("while computing the product up.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OldDriver_NamesBothVersions()
    {
        CudaDriver.CheckVersion(new Version(12, 0));
        CudaDriver.CheckVersion(new Version(13, 1));
        var failure = Assert.Throws<CudaDriverTooOldException>(() => CudaDriver.CheckVersion(CudaDriver.Of(11040)));
        Assert.Equal((new Version(11, 4), new Version(12, 0)), (failure.Version, failure.Needed));
        Assert.Contains("CUDA 11.4", failure.Message, StringComparison.Ordinal);
        Assert.Contains("525", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Capability_IsAskedForWithWhatNeedsIt()
    {
        CudaDevice.Require("NVIDIA A100", new(8, 0), CudaComputeCapability.BFloat16, "bfloat16");
        var failure = Assert.Throws<CudaCapabilityException>(() => CudaDevice.Require("NVIDIA A100", new(8, 0), CudaComputeCapability.Float8, "8-bit floating point"));
        Assert.Equal("8-bit floating point needs a device of compute capability 8.9 or higher, and NVIDIA A100 has 8.0. Choose another precision, or another device.", failure.Message);
        Assert.Equal((new CudaComputeCapability(8, 0), new CudaComputeCapability(8, 9)), (failure.Capability, failure.Needed));
        Assert.Throws<CudaCapabilityException>(() => CudaDevice.Require("Tesla V100", new(7, 0), CudaComputeCapability.BFloat16, "bfloat16"));
    }

    /// <summary>Whatever this machine has.</summary>
    [Fact]
    public void Availability_IsAskedWithoutThrowing()
    {
        bool isAvailable = CudaDevice.IsAvailable(out string reason);
        Assert.Equal(isAvailable, reason.Length == 0);
        if (!isAvailable) Assert.Throws<CudaNoDriverException>(() => CudaDevice.Get(0));
    }

    [Fact]
    public void Capabilities_AreOrdered()
    {
        Assert.True(new CudaComputeCapability(8, 9) < new CudaComputeCapability(9, 0) && new CudaComputeCapability(12, 0) > new CudaComputeCapability(10, 3));
        Assert.True(new CudaComputeCapability(8, 9) <= new CudaComputeCapability(8, 9) && new CudaComputeCapability(8, 9) >= new CudaComputeCapability(8, 6));
        Assert.Equal("12.0", new CudaComputeCapability(12, 0).ToString());
        Assert.Equal(120, new CudaComputeCapability(12, 0).Number);
    }
}
