using System;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Recorded work: launched as a whole, changed, updated.</summary>
public sealed unsafe class GraphTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    [Fact]
    public void RecordedWork_RunsAtEveryLaunch_AndNotBefore()
    {
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3, 4, 5), y = device.Upload<float>(0, 0, 0, 0, 0);
        using CudaGraph graph = Record(() =>
        {
            ScaleAdd(y, x, 2, 1);
            ScaleAdd(x, y, 1, 0);
        });
        Assert.Equal([0, 0, 0, 0, 0], device.Download(y));
        Assert.Equal(2, graph.NodeCount);
        using CudaGraphExec step = graph.Instantiate();
        step.Upload(device.Stream);
        for (int i = 0; i < 3; i++) step.Launch(device.Stream);
        Assert.Equal([15, 23, 31, 39, 47], device.Download(x));
        Assert.Equal(3, Simulator.Calls("cuGraphLaunch"));
    }

    [Fact]
    public void OtherStreams_JoinARecording()
    {
        using var other = new CudaStream(device.Context);
        using var fork = new CudaEvent(device.Context, measuresTime: false);
        using var join = new CudaEvent(device.Context, measuresTime: false);
        using CudaDeviceVariable<int> x = device.Upload(1, 1, 1, 1), y = device.Upload(2, 2, 2, 2);
        using CudaGraph graph = Record(() =>
        {
            Assert.True(device.Stream.IsCapturing);
            fork.Record(device.Stream);
            other.Wait(fork);
            other.Fill(x.DevicePointer, 7, 4);
            Assert.True(other.IsCapturing);
            join.Record(other);
            device.Stream.Wait(join);
            device.Stream.Copy(y.DevicePointer, x.DevicePointer, 16);
        });
        Assert.False(device.Stream.IsCapturing);
        using CudaGraphExec step = graph.Instantiate();
        step.Launch(device.Stream);
        Assert.Equal([7, 7, 7, 7], device.Download(y));
    }

    [Fact]
    public void Kernel_GetsOtherArguments()
    {
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3, 4), y = device.Upload<float>(0, 0, 0, 0);
        using CudaGraph graph = Record(() => ScaleAdd(y, x, 2, 0));
        using CudaGraphExec step = graph.Instantiate();
        nint node = Assert.Single(graph.GetNodes());
        Assert.True(graph.TryGetKernelShape(node, out CudaLaunchShape shape));
        Assert.Equal(CudaLaunchShape.Of(1, 256), shape);
        (ulong target, ulong source, float factor, float term, int count) = (y.DevicePointer, x.DevicePointer, 10, 5, 3);
        void** arguments = stackalloc void*[] { &target, &source, &factor, &term, &count };
        step.SetKernel(node, device.Kernel("elementwise.cu", "scale_add"), shape, arguments);
        step.Launch(device.Stream);
        Assert.Equal([15, 25, 35, 0], device.Download(y));
    }

    [Fact]
    public void SameWork_Updates_AndOtherWorkDoesNot()
    {
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3, 4), y = device.Upload<float>(0, 0, 0, 0);
        using CudaGraph first = Record(() => ScaleAdd(y, x, 2, 0)), same = Record(() => ScaleAdd(y, x, 3, 1)),
            other = Record(() =>
            {
                ScaleAdd(y, x, 2, 0);
                y.Clear(device.Stream);
            });
        using CudaGraphExec step = first.Instantiate();
        Assert.True(step.Update(same));
        step.Launch(device.Stream);
        Assert.Equal([4, 7, 10, 13], device.Download(y));
        Assert.False(step.Update(other));
        ExpectsFindings = true;
    }

    [Fact]
    public void Waiting_CannotBeRecorded_AndTheStreamGoesOnAfterwards()
    {
        using CudaDeviceVariable<int> x = device.Upload(1, 2, 3, 4);
        device.Stream.BeginCapture();
        x.Clear(device.Stream);
        var failure = Assert.Throws<CudaException>(device.Stream.Synchronize);
        Assert.Equal("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", failure.ErrorName);
        Assert.Throws<CudaException>(() => device.Stream.EndCapture().Dispose());
        Assert.Equal([1, 2, 3, 4], device.Download(x));
        ExpectsFindings = true;
    }

    [Fact]
    public void Graph_IsWrittenAsText()
    {
        using var folder = new TemporaryFolder();
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3, 4);
        using CudaGraph graph = Record(() => ScaleAdd(x, x, 2, 0));
        graph.DebugDotPrint(folder["step.dot"]);
        Assert.Contains("scale_add", File.ReadAllText(folder["step.dot"]), StringComparison.Ordinal);
    }

    [Fact]
    public void DisposedGraph_CannotBeUsed()
    {
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3, 4);
        CudaGraph graph = Record(() => ScaleAdd(x, x, 2, 0));
        CudaGraphExec step = graph.Instantiate();
        graph.Dispose();
        step.Launch(device.Stream);                 // it does not need what it was made from
        Assert.Equal([2, 4, 6, 8], device.Download(x));
        step.Dispose();
        Assert.Throws<ObjectDisposedException>(() => step.Launch(device.Stream));
        Assert.Throws<ObjectDisposedException>(() => graph.Instantiate());
        Assert.Equal((0, 0), (Simulator.Live("graphs"), Simulator.Live("graphExecs")));
    }

    CudaGraph Record(Action work)
    {
        _ = device.Kernel("elementwise.cu", "scale_add");       // loading is no work of a stream
        device.Stream.BeginCapture();
        work();
        return device.Stream.EndCapture();
    }

    void ScaleAdd(CudaDeviceVariable<float> y, CudaDeviceVariable<float> x, float factor, float term)
    {
        (ulong target, ulong source, int count) = (y.DevicePointer, x.DevicePointer, (int)x.Size);
        void** arguments = stackalloc void*[] { &target, &source, &factor, &term, &count };
        device.Kernel("elementwise.cu", "scale_add").Launch(device.Stream, CudaLaunchShape.Of(1, 256), arguments);
    }
}
