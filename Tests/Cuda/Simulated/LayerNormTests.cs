using System;
using System.Linq;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Layer normalization with its residual against doubles, in every order of threads.</summary>
public sealed class LayerNormTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    const CudaDataType Float = CudaDataType.Float32, Bf16 = CudaDataType.BFloat16, F16 = CudaDataType.Float16;

    [Theory]
    [InlineData(Bf16, Float, 70, 768, true)]
    [InlineData(Bf16, Bf16, 5, 2056, true)]
    [InlineData(F16, F16, 13, 100, false)]
    [InlineData(F16, Float, 9, 37, true)]
    [InlineData(Float, Float, 7, 64, true)]
    [InlineData(Float, Float, 3, 1, false)]
    [InlineData(Float, Float, 70, 8, true)]
    public void Rows_AndTheirGradients(CudaDataType type, CudaDataType weightType, int rows, int columns, bool hasResidual)
    {
        var shape = new CudaLayerNormShape { Type = type, WeightType = weightType, Rows = rows, Columns = columns };
        int count = rows * columns;
        double[] x = Elements.Draw(type, count, 1, 2), residual = hasResidual ? Elements.Draw(type, count, 2, 2) : new double[count], gain = Elements.Draw(weightType, columns, 3, 1),
            bias = Elements.Draw(weightType, columns, 4, 1), dy = Elements.Draw(type, count, 5, 1), dResidual = hasResidual ? Elements.Draw(type, count, 6, 1) : new double[count];
        double[] sum = [.. x.Zip(residual, (a, b) => Elements.Rounded(type, a + b))], y = new double[count], dx = new double[count], dGain = new double[columns], dBias = new double[columns];
        for (int r = 0; r < rows; r++)
        {
            double[] row = sum[(r * columns)..((r + 1) * columns)];
            double mean = row.Average(), rstd = 1 / Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + shape.Epsilon);
            double[] n = [.. row.Select(v => (v - mean) * rstd)], g = [.. gain.Select((w, c) => w * dy[r * columns + c])];
            for (int c = 0; c < columns; c++)
            {
                y[r * columns + c] = n[c] * gain[c] + bias[c];
                dx[r * columns + c] = dResidual[r * columns + c] + (g[c] - g.Average() - n[c] * g.Zip(n, (a, b) => a * b).Average()) * rstd;
                dGain[c] += dy[r * columns + c] * n[c];
                dBias[c] += dy[r * columns + c];
            }
        }
        double error = type switch { Float => 2e-6, F16 => 1e-3, _ => 6e-3 };
        using CudaDeviceVariable<byte> dX = Upload(type, x), dR = Upload(type, residual), dSum = Upload(type, sum), dGainIn = Upload(weightType, gain), dBiasIn = Upload(weightType, bias),
            dDy = Upload(type, dy), dY = Empty(count * Elements.Size(type)), dMean = Empty(rows * 4), dRstd = Empty(rows * 4), dG = Empty(columns * 4), dB = Empty(columns * 4),
            scratch = Empty((int)CudaLayerNorm.ScratchBytes(device.Library, shape));
        byte[]? first = null;
        foreach (string order in (string[])["forward", "reverse", "random", "interleaved"])
        {
            Simulator.Configure("MCSIM_ORDER", order);
            using CudaDeviceVariable<byte> dStream = Upload(type, dResidual);
            CudaLayerNorm.Forward(device.Library, device.Stream, shape, dY.DevicePointer, dX.DevicePointer, dGainIn.DevicePointer, dBiasIn.DevicePointer, dMean.DevicePointer,
                dRstd.DevicePointer, hasResidual ? dR.DevicePointer : 0, hasResidual ? dSum.DevicePointer : 0);
            CudaLayerNorm.Backward(device.Library, device.Stream, shape, dStream.DevicePointer, dG.DevicePointer, dB.DevicePointer, dDy.DevicePointer, dSum.DevicePointer,
                dGainIn.DevicePointer, dMean.DevicePointer, dRstd.DevicePointer, scratch.DevicePointer, hasResidual ? dStream.DevicePointer : 0);
            byte[][] results = [device.Download(dY), device.Download(dSum), device.Download(dStream), device.Download(dG), device.Download(dB)];
            Close(y, Elements.Floats(type, results[0]), error);
            Close(sum, Elements.Floats(type, results[1]), 0);
            Close(dx, Elements.Floats(type, results[2]), error);
            // One column has no spread, so that its gain has no gradient but noise.
            if (columns > 1) Close(dGain, Elements.Floats(Float, results[3]), 4e-6);
            Close(dBias, Elements.Floats(Float, results[4]), 4e-6);
            byte[] all = [.. results.SelectMany(b => b)];
            Assert.Equal(first ??= all, all);
        }
        CudaLayerNorm.Backward(device.Library, device.Stream, shape, 0, dG.DevicePointer, dB.DevicePointer, dDy.DevicePointer, dSum.DevicePointer, dGainIn.DevicePointer,
            dMean.DevicePointer, dRstd.DevicePointer, scratch.DevicePointer, accumulates: true);
        Close([.. dBias.Select(v => 2 * v)], Elements.Floats(Float, device.Download(dB)), 4e-6);
    }

    [Fact]
    public void LaunchesAllocateNothing_AndWrongSizesAreRefused()
    {
        var shape = new CudaLayerNormShape { Type = Bf16, Rows = 2, Columns = 64 };
        using CudaDeviceVariable<byte> y = Empty(256), x = Upload(Bf16, new double[128]), gain = Upload(Float, new double[64]);
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            CudaLayerNorm.Forward(device.Library, device.Stream, shape, y.DevicePointer, x.DevicePointer, gain.DevicePointer, 0, 0, 0);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
        Assert.All(device.Download(y), b => Assert.Equal(0, b));
        Refused(shape with { Columns = 8193 }, "8193 columns");
        Refused(shape with { WeightType = F16 }, "Weights are Float16");
        Refused(shape with { Rows = 0 }, "0 rows");
        Refused(shape with { Epsilon = 0 }, "Epsilon is 0");

        void Refused(CudaLayerNormShape wrong, string message) => Assert.Contains(message,
            Assert.Throws<ArgumentException>(() => CudaLayerNorm.Forward(device.Library, device.Stream, wrong, 16, 16, 16, 16, 16, 16)).Message, StringComparison.Ordinal);
    }

    CudaDeviceVariable<byte> Upload(CudaDataType type, double[] values) => device.Upload<byte>(Elements.Bytes(type, values));

    CudaDeviceVariable<byte> Empty(int bytes) => new(device.Context, bytes);
}
