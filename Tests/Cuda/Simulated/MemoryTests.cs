using System;
using System.Linq;
using System.Threading;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Arrays on the device, copies and fills, streams and events.</summary>
public sealed unsafe class MemoryTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    [Fact]
    public void Elements_ComeBackAsTheyWere()
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => i * 0.5f)];
        using CudaDeviceVariable<float> x = device.Upload<float>(values);
        Assert.Equal((1000L, 4000L), (x.Size, x.SizeInBytes));
        Assert.Equal(values, device.Download(x));
        x.CopyToDevice([7, 8], device.Stream, offset: 998);
        float[] end = new float[3];
        x.CopyToHost(end, device.Stream, offset: 997);
        Assert.Equal([498.5f, 7, 8], end);
    }

    [Theory]
    [InlineData(0, 11)]
    [InlineData(9, 2)]
    [InlineData(-1, 1)]
    [InlineData(11, 0)]
    public void ElementsThatDoNotFit_AreRefused(long offset, int count)
    {
        using var x = new CudaDeviceVariable<int>(device.Context, 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.CopyToDevice(new int[count], device.Stream, offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.CopyToHost(new int[count], device.Stream, offset));
    }

    [Fact]
    public void Fills_AndCopiesOnTheDevice_RunInOrder()
    {
        using var x = new CudaDeviceVariable<float>(device.Context, 100);
        using var y = new CudaDeviceVariable<float>(device.Context, 100);
        x.Clear(device.Stream);
        device.Stream.Fill(x.DevicePointer + 40, BitConverter.SingleToUInt32Bits(1.5f), 10);
        device.Stream.Copy(y.DevicePointer, x.DevicePointer, 400);
        device.Stream.Clear(x.DevicePointer, 400);
        Assert.Equal([.. Enumerable.Repeat(0f, 10), .. Enumerable.Repeat(1.5f, 10), .. Enumerable.Repeat(0f, 80)], device.Download(y));
        Assert.All(device.Download(x), v => Assert.Equal(0, v));
        device.Stream.Copy(0, 0, 0);
        device.Stream.CopyToHost(null, 0, 0);
    }

    [Fact]
    public void PageLockedCopies_WaitForNobody()
    {
        using var host = new CudaPageLockedHostMemory<int>(device.Context, 50);
        using var back = new CudaPageLockedHostMemory<int>(device.Context, 50);
        using var x = new CudaDeviceVariable<int>(device.Context, 50);
        for (int i = 0; i < 50; i++) host.Span[i] = i * i;
        back.Span.Clear();
        x.AsyncCopyToDevice(host, device.Stream);
        x.AsyncCopyToHost(back, device.Stream);
        Assert.Equal(0, back.Span[49]);       // the simulator does nothing before it has to
        Assert.False(device.Stream.IsComplete);
        device.Stream.Synchronize();
        Assert.True(device.Stream.IsComplete);
        Assert.Equal(49 * 49, back.Span[49]);
    }

    [Fact]
    public void StreamOrderedMemory_IsUsableRightAway_AndGoesBackInOrder()
    {
        long before = Simulator.Live("allocations");
        var x = new CudaDeviceVariable<float>(device.Stream, 64);
        x.Clear(device.Stream);
        Assert.All(device.Download(x), v => Assert.Equal(0, v));
        x.Dispose();
        device.Stream.Synchronize();
        device.Context.TrimFreedMemory();
        Assert.Equal(before, Simulator.Live("allocations"));
    }

    [Fact]
    public void TooMuchMemory_SaysThePlanWhatIsFreeAndTotal()
    {
        long total = device.Context.Device.TotalBytes;
        var failure = Assert.Throws<CudaOutOfMemoryException>(() => new CudaDeviceVariable<byte>(device.Context, 2 * total, "the plan of CharGpt"));
        Assert.Equal(2 * total, failure.RequestedBytes);
        Assert.Equal(total, failure.TotalBytes);
        Assert.InRange(failure.FreeBytes, 1, total);
        Assert.Contains("while allocating memory for the plan of CharGpt.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("[Dim]", failure.Message, StringComparison.Ordinal);
        using var small = new CudaDeviceVariable<byte>(device.Context, 16);     // nothing is broken
        ExpectsFindings = true;
    }

    [Fact]
    public void NoElements_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaDeviceVariable<byte>(device.Context, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaPageLockedHostMemory<byte>(device.Context, -1));
        Assert.Throws<OverflowException>(() => new CudaDeviceVariable<double>(device.Context, long.MaxValue / 4));
    }

    [Fact]
    public void PageLockedMemory_OfMoreThanASpanHolds_HasPointers()
    {
        const long Size = int.MaxValue + 10L;
        Simulator.Configure("MCSIM_POISON", "0");      // no need to touch all of it
        try
        {
            using var host = new CudaPageLockedHostMemory<byte>(device.Context, Size);
            Assert.Equal((Size, Size), (host.Size, host.SizeInBytes));
            host.Pointer[Size - 1] = 7;
            Assert.Contains("Use Pointer.", Assert.Throws<InvalidOperationException>(() => host.Span.Length).Message, StringComparison.Ordinal);
        }
        finally
        {
            Simulator.Configure("MCSIM_POISON", "1");
        }
    }

    [Fact]
    public void Events_OrderStreams_AndMeasureTime()
    {
        using var other = new CudaStream(device.Context, priority: -1);
        using var start = new CudaEvent(device.Context);
        using var written = new CudaEvent(device.Context);
        using var x = new CudaDeviceVariable<int>(device.Context, 4);
        using var y = new CudaDeviceVariable<int>(device.Context, 4);
        start.Record(other);
        x.Clear(other);
        device.Stream.Fill(y.DevicePointer, 5, 4);
        written.Record(device.Stream);
        other.Wait(written);
        other.Copy(x.DevicePointer, y.DevicePointer, 16);
        int[] values = new int[4];
        x.CopyToHost(values, other);
        Assert.Equal([5, 5, 5, 5], values);
        Assert.True(written.IsComplete);
        using var end = new CudaEvent(device.Context);
        end.Record(other);
        end.Synchronize();
        Assert.True(CudaEvent.ElapsedTime(start, end) >= 0);
    }

    [Fact]
    public void AnyThread_MayCall()
    {
        using CudaDeviceVariable<int> x = device.Upload(1, 2, 3);
        int[] values = [];
        var thread = new Thread(() => values = device.Download(x));
        thread.Start();
        thread.Join();
        Assert.Equal([1, 2, 3], values);
    }
}
