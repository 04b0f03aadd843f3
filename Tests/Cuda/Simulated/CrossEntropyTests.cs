using System;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Fused cross-entropy against doubles, in every order of threads.</summary>
public sealed class CrossEntropyTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    const CudaDataType Float = CudaDataType.Float32, Bf16 = CudaDataType.BFloat16, F16 = CudaDataType.Float16;
    const float Factor = 0.25f;

    /// <summary>The last one's rows do not fit shared memory.</summary>
    [Theory]
    [InlineData(Bf16, 4, 5003, 5056)]
    [InlineData(F16, 6, 1000, 1000)]
    [InlineData(F16, 9, 10, 10)]
    [InlineData(Float, 5, 777, 784)]
    [InlineData(Float, 5, 33, 35)]
    [InlineData(Bf16, 3, 2, 3)]
    [InlineData(Float, 2, 60_001, 60_004)]
    public void Losses_AndGradientsInPlace(CudaDataType type, int rows, int columns, int padded)
    {
        var shape = new CudaCrossEntropyShape { Type = type, Rows = rows, Columns = columns, Padded = padded, IgnoredLabel = -1 };
        double[] x = Elements.Draw(type, rows * padded, 3, 8);
        int[] labels = [.. Enumerable.Range(0, rows).Select(r => r == 1 ? -1 : r * 7919 % columns)];
        var losses = new double[rows];
        var gradient = new double[x.Length];
        for (int r = 0; r < rows; r++)
        {
            if (labels[r] == -1) continue;
            double[] row = x[(r * padded)..(r * padded + columns)];
            double logSum = row.Max() + Math.Log(row.Sum(v => Math.Exp(v - row.Max())));
            losses[r] = logSum - row[labels[r]];
            for (int c = 0; c < columns; c++) gradient[r * padded + c] = Factor * (Math.Exp(row[c] - logSum) - (c == labels[r] ? 1 : 0));
        }
        using CudaDeviceVariable<float> dLosses = device.Upload(new float[rows]), factor = device.Upload(Factor);
        using CudaDeviceVariable<int> dLabels = device.Upload<int>(labels);
        byte[]? first = null;
        foreach (string order in (string[])["forward", "reverse", "random", "interleaved"])
        {
            Simulator.Configure("MCSIM_ORDER", order);
            using CudaDeviceVariable<byte> logits = device.Upload<byte>(Elements.Bytes(type, x));
            CudaCrossEntropy.Run(device.Library, device.Stream, shape, logits.DevicePointer, dLabels.DevicePointer, dLosses.DevicePointer, factor.DevicePointer);
            byte[] bytes = device.Download(logits);
            Close(losses, device.Download(dLosses), 1e-6);
            Close(gradient, Elements.Floats(type, bytes), type switch { Float => 2e-6, F16 => 6e-4, _ => 5e-3 });
            Assert.Equal(first ??= bytes, bytes);
        }
    }

    [Fact]
    public void WithoutAFactor_LogitsStay_AndALabelThatIsNoClassIsNaN()
    {
        byte[] bytes = Elements.Bytes(Bf16, Elements.Draw(Bf16, 3 * 40, 5, 4));
        using CudaDeviceVariable<byte> logits = device.Upload<byte>(bytes);
        using CudaDeviceVariable<int> labels = device.Upload(1, 40, -2);
        using CudaDeviceVariable<float> losses = device.Upload<float>(0, 0, 0);
        var shape = new CudaCrossEntropyShape { Type = Bf16, Rows = 3, Columns = 40 };
        CudaCrossEntropy.Run(device.Library, device.Stream, shape, logits.DevicePointer, labels.DevicePointer, losses.DevicePointer, 0);
        Assert.Equal(bytes, device.Download(logits));
        float[] values = device.Download(losses);
        Assert.True(values[0] > 0 && float.IsNaN(values[1]) && float.IsNaN(values[2]));
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            CudaCrossEntropy.Run(device.Library, device.Stream, shape, logits.DevicePointer, labels.DevicePointer, losses.DevicePointer, 0);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
        Assert.Contains("40 classes do not fit 39 columns", Assert.Throws<ArgumentException>(() =>
            CudaCrossEntropy.Run(device.Library, device.Stream, shape with { Padded = 39 }, 16, 16, 16, 0)).Message, StringComparison.Ordinal);
    }
}
