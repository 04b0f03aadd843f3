using System;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>What a step does allocates nothing on the managed heap.</summary>
public sealed unsafe class AllocationTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    [Fact]
    public void LaunchesCopiesGraphsAndProducts_AllocateNothing()
    {
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3, 4), y = device.Upload<float>(0, 0, 0, 0);
        using var host = new CudaPageLockedHostMemory<float>(device.Context, 4);
        using var mark = new CudaEvent(device.Context);
        using var lt = new CudaBlasLt(device.Context);
        var layout = new CudaBlasLtLayout(CudaDataType.Float32, 2, 2, 2);
        using var product = new CudaBlasLtMatmul("product", CudaBlasComputeType.Float32, CudaDataType.Float32, layout, layout, layout, layout);
        var algorithms = new CudaBlasLtAlgorithm[1];
        Assert.Equal(1, lt.GetHeuristics(product, algorithms));
        CudaKernel kernel = device.Kernel("elementwise.cu", "scale_add"), byStruct = device.Kernel("elementwise.cu", "add_by_struct");
        device.Stream.BeginCapture();
        Work();
        using CudaGraph graph = device.Stream.EndCapture();
        using CudaGraphExec step = graph.Instantiate();
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
            {
                Work();
                step.Launch(device.Stream);
                mark.Record(device.Stream);
                device.Stream.Wait(mark);
                device.Stream.Synchronize();
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));

        void Work()
        {
            (ulong target, ulong source, float factor, float term, int count) = (y.DevicePointer, x.DevicePointer, 2, 1, 4);
            void** arguments = stackalloc void*[] { &target, &source, &factor, &term, &count };
            kernel.Launch(device.Stream, CudaLaunchShape.Of(1, 256), arguments);
            byStruct.Launch(device.Stream, CudaLaunchShape.Of(1, 256), new Sum { Y = target, X = source, Z = source, Count = 4 });
            x.AsyncCopyToDevice(host, device.Stream);
            x.AsyncCopyToHost(host, device.Stream);
            y.Clear(device.Stream);
            device.Stream.Copy(target, source, 16);
            product.Bias = target;
            lt.Multiply(product, 1, source, source, 0, target, target, algorithms[0], 0, 0, device.Stream);
        }
    }

    struct Sum
    {
        public ulong Y, X, Z;
        public int Count;
    }
}
