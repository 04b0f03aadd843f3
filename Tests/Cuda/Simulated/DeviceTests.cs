using System;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Native;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Devices, contexts, and what outlives what.</summary>
public sealed class DeviceTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    [Fact]
    public void Device_SaysWhatItIs()
    {
        Assert.True(CudaDevice.IsAvailable(out string reason), reason);
        Assert.Equal("", reason);
        CudaDevice first = CudaDevice.Get(0);
        Assert.NotEqual("", first.Name);
        Assert.Equal(new CudaComputeCapability(9, 0), first.ComputeCapability);
        Assert.True(first.MultiprocessorCount > 0 && first.L2Bytes > 0 && first.TotalBytes > 0 && first.MaxSharedBytesPerBlock > 48 * 1024);
        Assert.True(CudaDevice.DriverVersion >= new Version(12, 0));
        Assert.NotEqual(Guid.Empty, first.Uuid);
        Assert.Contains(":", first.PciBusId, StringComparison.Ordinal);
        Assert.Contains(first.Name, first.ToString(), StringComparison.Ordinal);
        first.Require(CudaComputeCapability.Float8, "8-bit floating point");
    }

    [Fact]
    public void DeviceThatIsNotThere_IsRefusedWithTheirNumber()
    {
        var failure = Assert.Throws<CudaNoDeviceException>(() => CudaDevice.Get(7));
        Assert.Equal((7, 1), (failure.Ordinal, failure.Count));
        Assert.Contains("there is one, number 0", failure.Message, StringComparison.Ordinal);
        Assert.Throws<CudaNoDeviceException>(() => CudaDevice.Get(-1));
    }

    [Fact]
    public void MachineWithoutDevice_IsNotAvailable()
    {
        CudaDevice.Get(0);
        Simulator.Configure("MCSIM_DEVICES", "0");
        try
        {
            Assert.False(CudaDevice.IsAvailable(out string reason));
            Assert.Contains("no NVIDIA device", reason, StringComparison.Ordinal);
            Assert.Contains("there is none", Assert.Throws<CudaNoDeviceException>(() => CudaDevice.Get(0)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Simulator.Configure("MCSIM_DEVICES", "1");
        }
    }

    [Fact]
    public void BestDevice_IsOneThatModelsCanRunOn()
    {
        Assert.True(CudaDevice.CanRunModels(out string reason), reason);
        Assert.True(Device.Best.IsCuda);
        Simulator.Configure("MCSIM_CC", "75");
        try
        {
            Assert.False(CudaDevice.CanRunModels(out reason));
            Assert.Contains("8.0 or higher", reason, StringComparison.Ordinal);
            Assert.Contains("has 7.5", reason, StringComparison.Ordinal);
            Assert.False(Device.Best.IsCuda);
        }
        finally
        {
            Simulator.Configure("MCSIM_CC", "90");
        }
    }

    [Theory]
    [InlineData(nameof(CudaLibrary.BlasLt))]
    [InlineData(nameof(CudaLibrary.Compiler))]
    public void ModelsCannotRun_WithoutALibrary(string missing)
    {
        Assert.False(CudaDevice.CanRunModels(library =>
        {
            if (library.ToString() == missing) throw new CudaLibraryNotFoundException(missing, [], $"There is no {missing}.");
        }, out string reason));
        Assert.Equal($"There is no {missing}.", reason);
    }

    [Theory]
    [InlineData(1, "75", "BFloat16OnCuda", "8.0")]
    [InlineData(2, "86", "Float8OnCuda", "8.9")]
    public void PrecisionThatADeviceHasNot_IsRefused(int ordinal, string capability, string model, string needed)
    {
        // A device keeps its capability once it is open: each has a number of its own.
        Simulator.Configure("MCSIM_DEVICES", "3");
        Simulator.Configure("MCSIM_CC", capability);
        try
        {
            var failure = Assert.Throws<CudaCapabilityException>(() =>
            {
                if (ordinal == 1) BFloat16OnCuda.CreateTrainer(Device.Cuda(ordinal), new AdamW()).Dispose();
                else Float8OnCuda.CreateTrainer(Device.Cuda(ordinal), new AdamW()).Dispose();
            });
            Assert.Equal(needed, failure.Needed.ToString());
            Assert.Contains(model, failure.Feature, StringComparison.Ordinal);
            Assert.Contains($"compute capability {needed} or higher", failure.Message, StringComparison.Ordinal);
            Assert.Contains("Choose another precision", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            Simulator.Configure("MCSIM_CC", "90");
            Simulator.Configure("MCSIM_DEVICES", "1");
        }
    }

    [Fact]
    public void AnyOrderOfDisposing_IsSafe_AndUseAfterwardsIsAnError()
    {
        var context = new CudaContext(CudaDevice.Get(0));
        var variable = new CudaDeviceVariable<float>(context, 16);
        var stream = new CudaStream(context);
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(context.MakeCurrent);
        Assert.Throws<ObjectDisposedException>(stream.Synchronize);
        stream.Dispose();
        variable.Dispose();
        variable.Dispose();
        Assert.Throws<ObjectDisposedException>(() => variable.DevicePointer);
        Assert.Throws<ObjectDisposedException>(stream.Synchronize);
    }

    [Fact]
    public void NothingDisposed_IsGivenBackByTheCollector()
    {
        Collect();
        long before = Simulator.Live("allocations"), freed = Simulator.Calls("cuMemFree_v2");
        Leak(device.Context);
        for (int i = 0; i < 10 && Simulator.Live("allocations") > before; i++) Collect();
        Assert.Equal(before, Simulator.Live("allocations"));
        Assert.Equal(3, Simulator.Calls("cuMemAlloc_v2"));
        Assert.Equal(freed + 3, Simulator.Calls("cuMemFree_v2"));

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        static void Leak(CudaContext context)
        {
            for (int i = 0; i < 3; i++) _ = new CudaDeviceVariable<int>(context, 4);
        }
    }

    [Fact]
    public void FreeMemory_GoesDownByWhatIsAllocated()
    {
        long before = device.Context.FreeBytes;
        using (var variable = new CudaDeviceVariable<byte>(device.Context, 10 << 20)) Assert.True(device.Context.FreeBytes <= before - (10 << 20));
        Assert.Equal(before, device.Context.FreeBytes);
    }

    [Fact]
    public void PoolMemory_IsKeptAndTrimmed()
    {
        device.Context.KeepFreedMemory(1 << 20);
        using (new CudaDeviceVariable<int>(device.Stream, 1000))
        {
        }
        device.Stream.Synchronize();
        device.Context.TrimFreedMemory();
    }
}
