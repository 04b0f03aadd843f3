using System;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Products of strided matrices against sums in double.</summary>
public sealed class ProductKernelTests(LibraryDevice device) : LibraryTests(device)
{
    const CudaDataType F = CudaDataType.Float32, B = CudaDataType.BFloat16, H = CudaDataType.Float16;

    [Theory]
    [InlineData(1, 1, 1, 1, 1, "nn", F, F, F)]
    [InlineData(1, 1, 64, 128, 16, "nn", F, F, F)]
    [InlineData(2, 3, 67, 130, 37, "nt", F, F, F)]
    [InlineData(1, 2, 5, 200, 33, "tn", F, F, B)]
    [InlineData(2, 1, 100, 7, 50, "tt", B, F, F)]
    [InlineData(1, 2, 70, 129, 40, "nn", B, B, F)]
    [InlineData(2, 2, 33, 20, 65, "nt", B, B, B)]
    [InlineData(1, 1, 65, 30, 31, "tn", H, H, H)]
    [InlineData(1, 1, 9, 140, 17, "tt", H, H, F)]
    [InlineData(1, 1, 9, 14, 0, "nn", F, F, F)]
    public void Product_OfAnyStrides(int outer, int inner, int m, int n, int k, string transposes, CudaDataType ofA, CudaDataType ofB, CudaDataType ofC)
    {
        // Matrices lie with two elements between, batches with three, the inner axis outside of the outer one.
        CudaMatrix View(CudaDataType type, int rows, int columns, bool isTransposed, int seed, out double[] values)
        {
            (int lines, int length) = isTransposed ? (columns, rows) : (rows, columns);
            int stride = length + 2, size = lines * stride + 3;
            values = Draw(type, Math.Max(1, outer * inner * size), seed);
            return new(Device.Store(type, values), type, size, outer * size, isTransposed ? 1 : stride, isTransposed ? stride : 1);
        }
        CudaMatrix a = View(ofA, m, k, transposes[0] == 't', 1, out double[] x), b = View(ofB, k, n, transposes[1] == 't', 2, out double[] y);
        CudaMatrix c = View(ofC, m, n, n > 100, 3, out double[] old);
        float[] plain = InEveryOrder(() =>
        {
            CudaProduct.Multiply(Library, Stream, outer, inner, m, n, k, a, b, c);
            return Device.Read(ofC, c.Data, old.Length);
        });
        CudaMatrix added = c with { Data = Device.Store(ofC, old) };
        CudaProduct.Multiply(Library, Stream, outer, inner, m, n, k, a, b, added, added, 0.5f, 2);
        float[] scaled = Device.Read(ofC, added.Data, old.Length);
        double[] expected = (double[])old.Clone(), expectedScaled = (double[])old.Clone();
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
                for (int r = 0; r < m; r++)
                    for (int s = 0; s < n; s++)
                    {
                        double sum = 0;
                        for (int t = 0; t < k; t++) sum += x[Place(a, o, i, r, t)] * y[Place(b, o, i, t, s)];
                        expected[Place(c, o, i, r, s)] = sum;
                        expectedScaled[Place(c, o, i, r, s)] = 0.5 * sum + 2 * old[Place(c, o, i, r, s)];
                    }
        Close(expected, plain, LibraryDevice.Error(ofC));
        Close(expectedScaled, scaled, LibraryDevice.Error(ofC));
        Device.Free();
    }

    [Fact]
    public void EveryAccess_IsAllowed() => Checked(() =>
    {
        foreach (CudaDataType type in (CudaDataType[])[F, B])
        {
            const int M = 65, N = 31, K = 19;
            var a = new CudaMatrix(Device.Store(type, Draw(type, M * K, 1)), type, 0, 0, K, 1);
            var b = new CudaMatrix(Device.Store(type, Draw(type, N * K, 2)), type, 0, 0, 1, K);
            CudaProduct.Multiply(Library, Stream, 1, 1, M, N, K, a, b, new(Device.Empty(type, M * N), type, 0, 0, 1, M));
            Stream.Synchronize();
            Device.Free();
        }
    });

    static long Place(CudaMatrix x, int outer, int inner, int row, int column) => outer * x.Outer + inner * x.Inner + row * x.Row + column * x.Column;
}
