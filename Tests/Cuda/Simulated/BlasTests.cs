using System;
using System.Linq;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Products by cuBLAS and cuBLASLt: layouts, epilogues, and what is not supported.</summary>
public sealed class BlasTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    const int M = 6, N = 8, K = 16;

    [Fact]
    public void Blas_Multiplies()
    {
        (float[] a, float[] b) = (Draw(M * K, 1), Draw(K * N, 2));
        using CudaDeviceVariable<float> dA = device.Upload<float>(a), dB = device.Upload<float>(b), c = device.Upload<float>(new float[M * N]);
        using var blas = new CudaBlas(device.Context) { Stream = device.Stream };
        Assert.True(blas.Version > 0 && blas.Handle != 0);
        blas.SetMathMode(CudaBlasMathMode.Pedantic);
        // By rows C = A · B; by columns Cᵀ = Bᵀ · Aᵀ.
        blas.Multiply(CudaBlasOperation.None, CudaBlasOperation.None, N, M, K, 2, dB.DevicePointer, CudaDataType.Float32, N,
            dA.DevicePointer, CudaDataType.Float32, K, 0, c.DevicePointer, CudaDataType.Float32, N, CudaBlasComputeType.Float32);
        Close([.. Product(a, b).Select(v => 2 * v)], device.Download(c), 1e-6);
    }

    [Fact]
    public void Blas_MultipliesBatches_TransposedAndAdded()
    {
        const int Count = 3;
        (float[] a, float[] b, float[] start) = (Draw(Count * M * K, 3), Draw(K * N, 4), Draw(Count * M * N, 5));
        float[] transposed = [.. Enumerable.Range(0, K * N).Select(i => b[i % K * N + i / K])];      // [N, K]
        using CudaDeviceVariable<float> dA = device.Upload<float>(a), dB = device.Upload<float>(transposed), c = device.Upload<float>(start);
        using var workspace = new CudaDeviceVariable<byte>(device.Context, 1 << 20);
        using var blas = new CudaBlas(device.Context) { Stream = device.Stream };
        blas.SetWorkspace(workspace.DevicePointer, workspace.SizeInBytes);
        blas.MultiplyBatch(CudaBlasOperation.Transpose, CudaBlasOperation.None, N, M, K, 1, dB.DevicePointer, CudaDataType.Float32, K, 0,
            dA.DevicePointer, CudaDataType.Float32, K, M * K, 1, c.DevicePointer, CudaDataType.Float32, N, M * N, Count, CudaBlasComputeType.Float32);
        double[] expected = [.. Enumerable.Range(0, Count).SelectMany(i => Product(a[(i * M * K)..((i + 1) * M * K)], b)).Zip(start, (p, s) => p + s)];
        Close(expected, device.Download(c), 1e-6);
    }

    [Fact]
    public void BlasLt_MultipliesWithBiasAndGelu_AndKeepsWhatWentIn()
    {
        double[] x = BFloat16.Rounded([.. Draw(M * K, 6).Select(v => (double)v)]), w = BFloat16.Rounded([.. Draw(K * N, 7).Select(v => (double)v)]),
            bias = BFloat16.Rounded([.. Draw(N, 8).Select(v => (double)v)]);
        using CudaDeviceVariable<ushort> dX = device.Upload<ushort>(BFloat16.From(x)), dW = device.Upload<ushort>(BFloat16.From(w)), dBias = device.Upload<ushort>(BFloat16.From(bias)),
            y = device.Upload<ushort>(new ushort[M * N]), aux = device.Upload<ushort>(new ushort[M * N]);
        using var workspace = new CudaDeviceVariable<byte>(device.Context, 4 << 20);
        using var lt = new CudaBlasLt(device.Context);
        // y [M, N] = gelu(x · w + bias) by rows is yᵀ = wᵀ · xᵀ by columns.
        var cd = new CudaBlasLtLayout(CudaDataType.BFloat16, N, M, N);
        using var up = new CudaBlasLtMatmul("up", CudaBlasComputeType.Float32, CudaDataType.Float32, new(CudaDataType.BFloat16, N, K, N), new(CudaDataType.BFloat16, K, M, K), cd, cd)
        {
            Epilogue = CudaBlasLtEpilogue.GeluAuxBias, Bias = dBias.DevicePointer, Aux = aux.DevicePointer, AuxStride = N, MaxWorkspaceBytes = workspace.SizeInBytes, Alignment = 16,
        };
        var found = new CudaBlasLtAlgorithm[8];
        int count = lt.GetHeuristics(up, found);
        Assert.InRange(count, 1, 8);
        Assert.True(found[0].IsSupported && found[0].WorkspaceBytes <= workspace.SizeInBytes);
        Assert.True(lt.IsSupported(up, ref found[0]));
        lt.Multiply(up, 1, dW.DevicePointer, dX.DevicePointer, 0, y.DevicePointer, y.DevicePointer, found[0], workspace.DevicePointer, workspace.SizeInBytes, device.Stream);
        double[] before = [.. Product([.. x.Select(v => (float)v)], [.. w.Select(v => (float)v)]).Select((v, i) => v + bias[i % N])];
        Close(before, BFloat16.To(device.Download(aux)), 8e-3);
        Close([.. before.Select(v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))))], BFloat16.To(device.Download(y)), 8e-3);
    }

    [Fact]
    public void BlasLt_TransposesAndAdds_InBatches()
    {
        const int Count = 2;
        (float[] a, float[] b, float[] start) = (Draw(Count * M * K, 9), Draw(Count * K * N, 10), Draw(Count * M * N, 11));
        using CudaDeviceVariable<float> dA = device.Upload<float>(a), dB = device.Upload<float>(b), c = device.Upload<float>(start);
        using var lt = new CudaBlasLt(device.Context);
        CudaBlasLtLayout Batch(long rows, long columns) => new(CudaDataType.Float32, rows, columns, rows) { BatchCount = Count, BatchStride = rows * columns };
        using var product = new CudaBlasLtMatmul("product", CudaBlasComputeType.Float32, CudaDataType.Float32, Batch(N, K), Batch(K, M), Batch(N, M), Batch(N, M));
        Assert.True(lt.TryMultiply(product, 1, dB.DevicePointer, dA.DevicePointer, 1, c.DevicePointer, c.DevicePointer, Best(lt, product), 0, 0, device.Stream));
        double[] expected = [.. Enumerable.Range(0, Count).SelectMany(i => Product(a[(i * M * K)..((i + 1) * M * K)], b[(i * K * N)..((i + 1) * K * N)])).Zip(start, (p, s) => p + s)];
        Close(expected, device.Download(c), 1e-6);
        Assert.True(lt.Version > 0);
    }

    [Fact]
    public void UnsupportedEpilogue_IsNoException_SoThatThereIsAnotherWay()
    {
        Simulator.Configure("MCSIM_LT_REFUSE", "epilogues");
        try
        {
            using var lt = new CudaBlasLt(device.Context);
            var cd = new CudaBlasLtLayout(CudaDataType.BFloat16, N, M, N);
            using var up = new CudaBlasLtMatmul("up", CudaBlasComputeType.Float32, CudaDataType.Float32, new(CudaDataType.BFloat16, N, K, N), new(CudaDataType.BFloat16, K, M, K), cd, cd);
            Assert.NotEqual(0, lt.GetHeuristics(up, new CudaBlasLtAlgorithm[4]));
            up.Epilogue = CudaBlasLtEpilogue.Gelu;
            Assert.Equal(0, lt.GetHeuristics(up, new CudaBlasLtAlgorithm[4]));
        }
        finally
        {
            Simulator.Configure("MCSIM_LT_REFUSE", "none");
        }
        ExpectsFindings = true;
    }

    [Fact]
    public void DisposedDescription_CannotBeUsed()
    {
        using var lt = new CudaBlasLt(device.Context);
        var layout = new CudaBlasLtLayout(CudaDataType.Float32, 4, 4, 4);
        var product = new CudaBlasLtMatmul("product", CudaBlasComputeType.Float32, CudaDataType.Float32, layout, layout, layout, layout);
        product.Dispose();
        product.Dispose();
        Assert.Throws<ObjectDisposedException>(() => product.Epilogue = CudaBlasLtEpilogue.Bias);
        Assert.Throws<ObjectDisposedException>(() => lt.GetHeuristics(product, new CudaBlasLtAlgorithm[1]));
        Assert.Equal(0, Simulator.Live("cublasLtObjects"));
    }

    static CudaBlasLtAlgorithm Best(CudaBlasLt lt, CudaBlasLtMatmul matmul)
    {
        var found = new CudaBlasLtAlgorithm[1];
        Assert.Equal(1, lt.GetHeuristics(matmul, found));
        return found[0];
    }

    /// <summary>[M, K] · [K, N], by rows.</summary>
    static double[] Product(float[] a, float[] b) => [.. Enumerable.Range(0, M * N).Select(i => Enumerable.Range(0, K).Sum(k => (double)a[i / N * K + k] * b[k * N + i % N]))];

    static float[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
    }
}
