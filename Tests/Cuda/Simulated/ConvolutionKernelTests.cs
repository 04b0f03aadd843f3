using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Convolutions and their gradients against sums in double.</summary>
public sealed unsafe class ConvolutionKernelTests(LibraryDevice device) : LibraryTests(device)
{
    static readonly Dictionary<string, ConvolutionShape> Shapes = new()
    {
        ["3 x 3"] = Of(2, 5, 9, 11, 7, 3, 3, padding: 1),
        ["3 x 3, stride 2"] = Of(3, 9, 12, 10, 70, 3, 3, stride: 2, padding: 1),
        ["1 x 1"] = Of(2, 40, 7, 7, 66, 1, 1),
        ["1 x 1, stride 3"] = Of(2, 6, 8, 11, 5, 1, 1, stride: 3),
        ["patches"] = Of(2, 3, 16, 20, 10, 4, 4, stride: 4),
        ["dilated"] = Of(1, 4, 13, 12, 6, 3, 2, padding: 2, dilation: 2),
        ["dilated, stride 2"] = Of(2, 4, 13, 12, 6, 3, 3, stride: 2, padding: 2, dilation: 3),
        ["dilation and stride share a factor"] = Of(1, 3, 14, 15, 4, 3, 3, stride: 4, padding: 3, dilation: 2),
        ["groups"] = Of(2, 6, 8, 9, 9, 3, 3, padding: 1, groups: 3),
        ["groups of many"] = Of(1, 6, 5, 6, 132, 3, 1, groups: 2),
        ["rows"] = Of(3, 8, 1, 50, 12, 1, 5, padding: 0),
        ["depthwise"] = Of(2, 6, 9, 10, 6, 3, 3, padding: 1, groups: 6),
        ["depthwise, twice, stride 2"] = Of(2, 5, 9, 8, 10, 3, 5, stride: 2, padding: 2, dilation: 1, groups: 5),
        ["depthwise, dilated"] = Of(1, 3, 20, 19, 3, 2, 2, stride: 3, padding: 1, dilation: 3, groups: 3),
        ["many places"] = Of(5, 2, 23, 21, 3, 3, 3, padding: 1),
    };

    public static TheoryData<string, CudaDataType> Cases => [.. Shapes.Keys.SelectMany(s => ((CudaDataType[])
        [CudaDataType.Float32, CudaDataType.BFloat16, CudaDataType.Float16]).Select(t => new TheoryDataRow<string, CudaDataType>(s, t)))];

    [Theory, MemberData(nameof(Cases))]
    public void Convolution_AndItsGradients(string name, CudaDataType element)
    {
        ConvolutionShape shape = Shapes[name];
        (int inside, int outside, int taps) = Lengths(shape);
        double[] x = Draw(element, inside, 1), dy = Draw(element, outside, 2), weight = Draw(element, taps, 3), bias = Draw(element, shape.Outputs, 4);
        ulong dx = Device.Empty(element, inside), y = Device.Empty(element, outside), gradient = Device.Empty(taps * 4), rounded = Device.Empty(element, taps);
        ulong dX = Device.Store(element, x), dDy = Device.Store(element, dy), dWeight = Device.Store(element, weight), dBias = Device.Store(element, bias);
        ulong scratch = Device.Empty(CudaConvolution.ScratchBytes(shape, element));
        float[] Run()
        {
            CudaConvolution.Forward(Library, Stream, element, shape, dX, dWeight, y, dBias);
            CudaConvolution.InputGradient(Library, Stream, element, shape, dDy, dWeight, dx);
            CudaConvolution.WeightGradient(Library, Stream, element, shape, dX, dDy, gradient, scratch);
            return [.. Device.Read(element, y, outside), .. Device.Read(element, dx, inside), .. Device.Read<float>(gradient, taps)];
        }
        // Matrix units are slow here, and the orders of their threads few: one shape of each kind.
        float[] result = element == CudaDataType.Float32 || element == CudaDataType.BFloat16 && name is "3 x 3, stride 2" or "many places" ? InEveryOrder(Run) : Run();
        (double[] ofY, double[] ofX, double[] ofWeight) = Reference(shape, x, dy, weight, bias);
        Close(ofY, result[..outside], LibraryDevice.Error(element));
        Close(ofX, result[outside..(outside + inside)], LibraryDevice.Error(element));
        Close(ofWeight, result[(outside + inside)..], 2e-6);
        if (element != CudaDataType.Float32)
        {
            CudaConvolution.WeightGradient(Library, Stream, element, shape, dX, dDy, rounded, scratch, element);
            Close(ofWeight, Device.Read(element, rounded, taps), LibraryDevice.Error(element));
        }
        Device.Free();
    }

    [Fact]
    public void ManyPlaces_AreCutInParts() => Assert.True(CudaConvolution.ScratchBytes(Shapes["many places"]) > 0);

    [Fact]
    public void EveryAccess_IsAllowed() => Checked(() =>
    {
        foreach (string name in (string[])["3 x 3, stride 2", "groups", "depthwise, twice, stride 2", "many places"])
            foreach (CudaDataType element in (CudaDataType[])[CudaDataType.Float32, CudaDataType.BFloat16])
            {
                ConvolutionShape shape = Shapes[name];
                (int inside, int outside, int taps) = Lengths(shape);
                ulong x = Device.Store(element, Draw(element, inside, 1)), dx = Device.Empty(element, inside), y = Device.Empty(element, outside);
                ulong weight = Device.Store(element, Draw(element, taps, 3)), gradient = Device.Empty(taps * 4), scratch = Device.Empty(CudaConvolution.ScratchBytes(shape));
                CudaConvolution.Forward(Library, Stream, element, shape, x, weight, y);
                CudaConvolution.InputGradient(Library, Stream, element, shape, y, weight, dx);
                CudaConvolution.WeightGradient(Library, Stream, element, shape, x, y, gradient, scratch);
                Stream.Synchronize();
                Device.Free();
            }
    });

    static (double[] Y, double[] X, double[] Weight) Reference(ConvolutionShape s, double[] x, double[] dy, double[] weight, double[] bias)
    {
        double[] ofY = new double[dy.Length], ofX = new double[x.Length], ofWeight = new double[weight.Length];
        int channels = s.Channels / s.Groups, outputs = s.Outputs / s.Groups;
        for (int b = 0; b < s.Batch; b++)
            for (int o = 0; o < s.Outputs; o++)
                for (int i = 0; i < s.OutHeight; i++)
                    for (int j = 0; j < s.OutWidth; j++)
                    {
                        int at = ((b * s.Outputs + o) * s.OutHeight + i) * s.OutWidth + j;
                        ofY[at] = bias[o];
                        for (int c = 0; c < channels; c++)
                            for (int r = 0; r < s.KernelHeight; r++)
                                for (int t = 0; t < s.KernelWidth; t++)
                                {
                                    int row = i * s.StrideHeight - s.PaddingHeight + r * s.DilationHeight;
                                    int column = j * s.StrideWidth - s.PaddingWidth + t * s.DilationWidth;
                                    if (row < 0 || row >= s.Height || column < 0 || column >= s.Width) continue;
                                    int from = ((b * s.Channels + o / outputs * channels + c) * s.Height + row) * s.Width + column;
                                    int tap = ((o * channels + c) * s.KernelHeight + r) * s.KernelWidth + t;
                                    ofY[at] += x[from] * weight[tap];
                                    ofX[from] += dy[at] * weight[tap];
                                    ofWeight[tap] += dy[at] * x[from];
                                }
                    }
        return (ofY, ofX, ofWeight);
    }

    static (int Inside, int Outside, int Taps) Lengths(ConvolutionShape s) => (s.Batch * s.Channels * s.Height * s.Width,
        s.Batch * s.Outputs * s.OutHeight * s.OutWidth, s.Outputs * (s.Channels / s.Groups) * s.KernelHeight * s.KernelWidth);

    /// <summary>Memory is reserved for the largest batch, and the parts of a smaller one may be more.</summary>
    [Fact]
    public void Scratch_OfTheLargestBatch_IsEnoughForAll()
    {
        ConvolutionShape most = Of(100, 64, 32, 32, 64, 3, 3, padding: 1);
        long bytes = CudaConvolution.ScratchBytes(most), weight = 64 * 64 * 9 * sizeof(float);
        for (int batch = 1; batch <= 100; batch++)
        {
            ConvolutionShape shape = most with { Batch = batch };
            Assert.InRange(CudaConvolution.ScratchBytes(shape), CudaConvolution.Parts(shape, out int places) * weight, bytes);
            Assert.True((long)places * CudaConvolution.Parts(shape, out _) >= batch * 32 * 32);
        }
    }

    static ConvolutionShape Of(int batch, int channels, int height, int width, int outputs, int kernelHeight, int kernelWidth, int stride = 1, int padding = 0,
        int dilation = 1, int groups = 1) => new()
    {
        Batch = batch, Channels = channels, Height = height, Width = width, Outputs = outputs, KernelHeight = kernelHeight, KernelWidth = kernelWidth,
        StrideHeight = stride, StrideWidth = stride, PaddingHeight = padding, PaddingWidth = padding, DilationHeight = dilation, DilationWidth = dilation,
        Groups = groups, OutHeight = (height + 2 * padding - dilation * (kernelHeight - 1) - 1) / stride + 1,
        OutWidth = (width + 2 * padding - dilation * (kernelWidth - 1) - 1) / stride + 1,
    };
}
