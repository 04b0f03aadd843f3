using System;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Launchers can be part of a recorded step, and allocate nothing once their kernels are there.</summary>
public sealed unsafe class LibraryLaunchTests(LibraryDevice device) : LibraryTests(device)
{
    [Fact]
    public void Launches_AreRecorded_AndAllocateNothing()
    {
        const CudaDataType Type = CudaDataType.BFloat16;
        var convolution = new ConvolutionShape
        {
            Batch = 2, Channels = 3, Height = 20, Width = 32, Outputs = 4, OutHeight = 20, OutWidth = 32, KernelHeight = 3, KernelWidth = 3, StrideHeight = 1,
            StrideWidth = 1, PaddingHeight = 1, PaddingWidth = 1, DilationHeight = 1, DilationWidth = 1, Groups = 1,
        };
        var pooling = new PoolingShape
        {
            Planes = 6, Height = 20, Width = 32, OutHeight = 10, OutWidth = 16, KernelHeight = 2, KernelWidth = 2, StrideHeight = 2, StrideWidth = 2,
        };
        int length = 2 * 4 * 20 * 32;
        ulong x = Device.Store(Type, Draw(Type, length, 1)), weight = Device.Store(Type, Draw(Type, length, 2)), y = Device.Empty(Type, 3 * length);
        ulong rows = Device.Store<int>([3, 0, 2, 3]), gradient = Device.Store<float>(new float[length]), state = Device.Store<float>(new float[length]);
        ulong scratch = Device.Empty(1 << 20), numbers = Device.Store<StepNumbers>([new StepNumbers { Rate = 1, Scale = 1, Step = 1 }]);
        ulong groups = Device.Store<GroupSettings>([new(1, 0)]);
        Assert.True(CudaConvolution.ScratchBytes(convolution) is > 0 and < 1 << 20);
        var adafactor = new Adafactor();
        var muon = new Muon();
        CudaMatrix a = new(x, Type, 0, 0, 32, 1), b = new(weight, Type, 0, 0, 1, 32), c = new(y, Type, 0, 0, 32, 1);
        Work();
        Stream.BeginCapture();
        Work();
        using CudaGraph graph = Stream.EndCapture();
        using CudaGraphExec step = graph.Instantiate();
        float[] first = Device.Read(Type, y, length);
        step.Launch(Stream);
        Assert.Equal(first, Device.Read(Type, y, length));
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Work();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
        Stream.Synchronize();
        Device.Free();

        void Work()
        {
            CudaRows.Gather(Library, Stream, Type, x, rows, y, 4, 96, 5);
            CudaRows.ScatterAdd(Library, Stream, Type, x, rows, gradient, 4, 96, 5, scratch);
            CudaRows.Pad(Library, Stream, Type, x, y, 3, 50, 7, 90);
            CudaRows.Insert(Library, Stream, Type, x, y, 3, 50, 7, 90);
            CudaRows.Flip(Library, Stream, Type, x, y, 3, 50, 7);
            CudaRows.Copy(Stream, Type, x, y, length);
            CudaRows.CumulativeSum(Library, Stream, Type, x, y, 3, 50, 7, true);
            CudaPooling.Average(Library, Stream, Type, pooling, x, y);
            CudaPooling.Share(Library, Stream, Type, pooling, x, y);
            CudaPooling.Pick(Library, Stream, Type, pooling, x, x, y);
            CudaPooling.Spread(Library, Stream, Type, pooling, x, weight, y);
            CudaConvolution.InputGradient(Library, Stream, Type, convolution, x, weight, y);
            CudaConvolution.WeightGradient(Library, Stream, Type, convolution, x, weight, gradient, scratch);
            CudaProduct.Multiply(Library, Stream, 1, 1, 32, 32, 32, a, b, c);
            CudaConvolution.Forward(Library, Stream, Type, convolution, x, weight, y);
            CudaAdafactor.Update(Library, Stream, adafactor, numbers, state, gradient, scratch, scratch + 65536, groups, 1, 1, 16, 16, true);
            CudaMuon.Update(Library, Stream, muon, numbers, state, gradient, state + 16384, scratch, groups, 1, 16, 16);
        }
    }
}
