using System;
using System.Linq;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>What the kernels of <c>Kernels/</c>, and so the prelude's functions, compute, against doubles; in every order of threads.</summary>
public sealed unsafe class KernelTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    [Theory, MemberData(nameof(InOrders))]
    public void Gelu_AndItsGradient(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        int count = 3 * 2048 + 13;      // the last threads have fewer than 8
        double[] x = BFloat16.Rounded(Draw(count, 1, 3)), dy = BFloat16.Rounded(Draw(count, 2, 1));
        using CudaDeviceVariable<ushort> dx = Bf16(x), dDy = Bf16(dy), dY = Zeros<ushort>(count), dDx = Zeros<ushort>(count);
        Run("elementwise.cu", "gelu_forward", CudaLaunchShape.Of(4, 256), dY, dx, count);
        Run("elementwise.cu", "gelu_backward", CudaLaunchShape.Of(4, 256), dDx, dx, dDy, count);
        Close([.. x.Select(v => v * Normal(v))], BFloat16.To(device.Download(dY)), 4e-3);
        Close([.. x.Zip(dy, (v, d) => d * (Normal(v) + v * Math.Exp(-0.5 * v * v) / Math.Sqrt(2 * Math.PI)))], BFloat16.To(device.Download(dDx)), 4e-3);
    }

    [Fact]
    public void Structs_AreArgumentsToo()
    {
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3), z = device.Upload<float>(10, 20, 30), y = Zeros<float>(3);
        var arguments = new AddArguments { Y = y.DevicePointer, X = x.DevicePointer, Z = z.DevicePointer, Count = 3 };
        device.Kernel("elementwise.cu", "add_by_struct").Launch(device.Stream, CudaLaunchShape.Of(1, 256), arguments);
        Assert.Equal([11, 22, 33], device.Download(y));
    }

    [Theory, MemberData(nameof(InOrders))]
    public void Softmax_OfRowsInRegisters(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        const int Rows = 11, Columns = 1024;
        double[] x = BFloat16.Rounded(Draw(Rows * Columns, 3, 4));
        using CudaDeviceVariable<ushort> dx = Bf16(x), dY = Zeros<ushort>(Rows * Columns);
        Run("softmax.cu", "softmax_1024", CudaLaunchShape.Of(2, 256), dY, dx, Rows);
        var y = new double[x.Length];
        for (int r = 0; r < Rows; r++)
        {
            double[] row = x[(r * Columns)..((r + 1) * Columns)];
            double sum = row.Sum(v => Math.Exp(v - row.Max()));
            for (int c = 0; c < Columns; c++) y[r * Columns + c] = Math.Exp(row[c] - row.Max()) / sum;
        }
        Close(y, BFloat16.To(device.Download(dY)), 4e-3);
    }

    [Theory, MemberData(nameof(InOrders))]
    public void LogSumExp_ReadsEachRowOnce(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        const int Rows = 5, Columns = 300;
        double[] x = [.. Draw(Rows * Columns, 4, 30).Select(v => (double)(float)v)];
        using CudaDeviceVariable<float> dx = device.Upload<float>([.. x.Select(v => (float)v)]), dY = Zeros<float>(Rows);
        Run("softmax.cu", "log_sum_exp", CudaLaunchShape.Of(Rows, 128), dY, dx, Columns);
        double[] y = [.. x.Chunk(Columns).Select(r => r.Max() + Math.Log(r.Sum(v => Math.Exp(v - r.Max()))))];
        Close(y, device.Download(dY), 1e-6);
    }

    [Theory, MemberData(nameof(InOrders))]
    public void LayerNorm_AndItsGradients(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        const int Rows = 13, Columns = 768, Blocks = 2;
        double[] x = BFloat16.Rounded(Draw(Rows * Columns, 5, 2)), gain = BFloat16.Rounded(Draw(Columns, 6, 1)), bias = BFloat16.Rounded(Draw(Columns, 7, 1)),
            dy = BFloat16.Rounded(Draw(Rows * Columns, 8, 1));
        using CudaDeviceVariable<ushort> dx = Bf16(x), dGain = Bf16(gain), dBias = Bf16(bias), dDy = Bf16(dy), dY = Zeros<ushort>(x.Length), dDx = Zeros<ushort>(x.Length);
        using CudaDeviceVariable<float> dMean = Zeros<float>(Rows), dRstd = Zeros<float>(Rows), dPartial = Zeros<float>(Blocks * 2 * Columns), dSums = Zeros<float>(2 * Columns);
        Run("layer_norm.cu", "layer_norm_forward", CudaLaunchShape.Of((Rows + 3) / 4, 128), dY, dMean, dRstd, dx, dGain, dBias, Rows);
        Run("layer_norm.cu", "layer_norm_backward", CudaLaunchShape.Of(Blocks, 128), dDx, dPartial, dDy, dx, dGain, dMean, dRstd, Rows);
        Run("columns.cu", "column_sums_finish", CudaLaunchShape.Of(6, 256), dSums, dPartial, Blocks, 2 * Columns);
        double[] y = new double[x.Length], gradient = new double[x.Length], sums = new double[2 * Columns];
        for (int r = 0; r < Rows; r++)
        {
            double[] row = x[(r * Columns)..((r + 1) * Columns)];
            double mean = row.Average(), rstd = 1 / Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + 1e-5);
            double[] n = [.. row.Select(v => (v - mean) * rstd)], g = [.. Enumerable.Range(0, Columns).Select(c => dy[r * Columns + c] * gain[c])];
            double average = g.Average(), product = g.Zip(n, (a, b) => a * b).Average();
            for (int c = 0; c < Columns; c++)
            {
                y[r * Columns + c] = n[c] * gain[c] + bias[c];
                gradient[r * Columns + c] = (g[c] - average - n[c] * product) * rstd;
                sums[c] += dy[r * Columns + c] * n[c];
                sums[Columns + c] += dy[r * Columns + c];
            }
        }
        Close(y, BFloat16.To(device.Download(dY)), 4e-3);
        Close(gradient, BFloat16.To(device.Download(dDx)), 4e-3);
        Close(sums, device.Download(dSums), 1e-5);
    }

    [Theory, MemberData(nameof(InOrders))]
    public void Columns_AreSummed(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        const int Rows = 37, Columns = 512, Blocks = 3;
        double[] x = BFloat16.Rounded(Draw(Rows * Columns, 9, 1));
        using CudaDeviceVariable<ushort> dx = Bf16(x);
        using CudaDeviceVariable<float> partial = Zeros<float>(Blocks * Columns), y = Zeros<float>(Columns);
        Run("columns.cu", "column_sums", new CudaLaunchShape(Columns / 256, Blocks, 1, 256), partial, dx, Rows, Columns);
        Run("columns.cu", "column_sums_finish", CudaLaunchShape.Of(Columns / 256, 256), y, partial, Blocks, Columns);
        Close([.. Enumerable.Range(0, Columns).Select(c => Enumerable.Range(0, Rows).Sum(r => x[r * Columns + c]))], device.Download(y), 1e-6);
    }

    [Theory, MemberData(nameof(InOrders))]
    public void Matrix_IsTransposed(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        const int Rows = 45, Columns = 70;
        ushort[] x = [.. Enumerable.Range(0, Rows * Columns).Select(i => (ushort)i)];
        using CudaDeviceVariable<ushort> dx = device.Upload<ushort>(x), y = Zeros<ushort>(x.Length);
        Run("columns.cu", "transpose", new CudaLaunchShape(3, 2, 1, 256), y, dx, Rows, Columns);
        Assert.Equal([.. Enumerable.Range(0, x.Length).Select(i => x[i % Rows * Columns + i / Rows])], device.Download(y));
    }

    [Theory, MemberData(nameof(InOrders))]
    public void Product_OnMatrixUnits(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        const int M = 128, N = 64, K = 96;
        double[] a = BFloat16.Rounded(Draw(M * K, 10, 1)), b = BFloat16.Rounded(Draw(N * K, 11, 1));
        using CudaDeviceVariable<ushort> dA = Bf16(a), dB = Bf16(b);
        using CudaDeviceVariable<float> c = Zeros<float>(M * N);
        Run("product.cu", "product", new CudaLaunchShape(N / 64, M / 64, 1, 128), c, dA, dB, M, N, K);
        Close([.. Enumerable.Range(0, M * N).Select(i => Enumerable.Range(0, K).Sum(k => a[i / N * K + k] * b[i % N * K + k]))], device.Download(c), 1e-6);
    }

    /// <summary>Every format: all numbers it has, those half-way between neighbours, and far outside of it.</summary>
    [Fact]
    public void Conversions_RoundToTheNearest_AndBackExactly()
    {
        float[] x = [.. Enumerable.Range(0, 0x10000).Select(i => BFloat16.To((ushort)i)), .. Enumerable.Range(0, 0x10000).Select(i => (float)BitConverter.UInt16BitsToHalf((ushort)i)),
            .. Enumerable.Range(-2000, 4001).Select(i => i / 4f), .. Draw(20000, 12, 1).Select(v => (float)Math.Pow(2, 40 * v) * (v > 0 ? 1 : -1))];
        int count = x.Length;
        using CudaDeviceVariable<float> dx = device.Upload<float>(x), back = Zeros<float>(6 * count);
        using CudaDeviceVariable<ushort> b16 = Zeros<ushort>(count), h16 = Zeros<ushort>(count);
        using CudaDeviceVariable<byte> e4m3 = Zeros<byte>(count), e5m2 = Zeros<byte>(count), e4m3Bits = Zeros<byte>(count), e5m2Bits = Zeros<byte>(count);
        Run("numbers.cu", "convert", CudaLaunchShape.Of((count + 255) / 256, 256), dx, b16, h16, e4m3, e5m2, e4m3Bits, e5m2Bits, back, count);
        ushort[] b = device.Download(b16), h = device.Download(h16);
        byte[] e = device.Download(e4m3), f = device.Download(e5m2);
        float[] values = device.Download(back);
        Assert.Equal(e, device.Download(e4m3Bits));
        Assert.Equal(f, device.Download(e5m2Bits));
        float[] allE = [.. Enumerable.Range(0, 0x7F).Select(i => Value(i, 4, 3))], allF = [.. Enumerable.Range(0, 0x7C).Select(i => Value(i, 5, 2))];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(BFloat16.From(x[i]), b[i]);
            if (float.IsNaN(x[i]))
            {
                Assert.Equal((0x7FFF, 0x7F, 0x7F), (h[i], e[i] & 0x7F, f[i] & 0x7F));
                for (int k = 0; k < 6; k++) Assert.True(float.IsNaN(values[i * 6 + k]));
                continue;
            }
            Assert.Equal(BitConverter.HalfToUInt16Bits((Half)x[i]), h[i]);
            Assert.Equal((float)(Half)x[i], values[i * 6 + 1]);
            Assert.Equal(BFloat16.To(b[i]), values[i * 6]);
            Assert.True(e[i] == Nearest(allE, x[i]), $"{x[i]} → {e[i]}");
            Assert.True(f[i] == Nearest(allF, x[i]), $"{x[i]} → {f[i]}");
            Assert.Equal(MathF.CopySign(allE[e[i] & 0x7F], x[i]), values[i * 6 + 2]);
            Assert.Equal(MathF.CopySign(allF[f[i] & 0x7F], x[i]), values[i * 6 + 3]);
            Assert.Equal(values[i * 6 + 2], values[i * 6 + 4]);
            Assert.Equal(values[i * 6 + 3], values[i * 6 + 5]);
        }
    }

    [Fact]
    public void RandomNumbers_AreThoseOfTheHost()
    {
        const int Count = 3000;
        (uint key0, uint key1) = Randomness.Key(42, 7);
        const uint Call = 3;
        float[] x = [.. Draw(Count, 13, 1).Select(v => (float)v)];
        x[0] = float.PositiveInfinity;
        x[1] = float.NaN;
        using CudaDeviceVariable<float> dx = device.Upload<float>(x), uniform = Zeros<float>(Count);
        using CudaDeviceVariable<ushort> rounded = Zeros<ushort>(Count);
        Run("numbers.cu", "draw", CudaLaunchShape.Of(12, 256), uniform, rounded, dx, (int)key0, (int)key1, (int)Call, Count);
        Assert.Equal([.. Enumerable.Range(0, Count).Select(i => Randomness.Uniform((uint)i, key0, key1, Call))], device.Download(uniform));
        ushort[] bits = device.Download(rounded);
        Assert.Equal((0x7F80, 0x7FFF), (bits[0], bits[1]));
        double bias = 0;
        for (int i = 2; i < Count; i++)
        {
            float y = BFloat16.To(bits[i]), step = MathF.BitIncrement(MathF.Abs(x[i])) == 0 ? 0 : MathF.Abs(x[i]) / 128;
            Assert.True(MathF.Abs(y - x[i]) <= step, $"{x[i]} → {y}");
            bias += (y - x[i]) / step;
        }
        Assert.InRange(bias / Count, -0.02, 0.02);
        Assert.Contains(Enumerable.Range(2, Count - 2), i => bits[i] != BFloat16.From(x[i]));
    }

    [Fact]
    public void Functions_AreWithinTheirErrors()
    {
        double[] x = [.. Enumerable.Range(-1500, 3001).Select(i => (double)(i / 100f))];
        using CudaDeviceVariable<float> dx = device.Upload<float>([.. x.Select(v => (float)v)]), y = Zeros<float>(8 * x.Length);
        Run("numbers.cu", "functions", CudaLaunchShape.Of((x.Length + 255) / 256, 256), y, dx, x.Length);
        float[] all = device.Download(y);
        double Phi(double v) => Math.Exp(-0.5 * v * v) / Math.Sqrt(2 * Math.PI);
        double T(double v) => Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v));
        double S(double v) => 1 / (1 + Math.Exp(-v));
        Func<double, double>[] expected =
        [
            v => v * Normal(v), v => Normal(v) + v * Phi(v), v => 0.5 * v * (1 + T(v)),
            v => 0.5 * (1 + T(v)) + 0.5 * v * (1 - T(v) * T(v)) * Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * v * v),
            S, v => v * S(v), v => S(v) * (1 + v * (1 - S(v))), v => Math.Log(1 + Math.Exp(v)),
        ];
        for (int k = 0; k < expected.Length; k++)
            for (int i = 0; i < x.Length; i++)
                Assert.True(Math.Abs(all[i * 8 + k] - expected[k](x[i])) <= 4e-7 * Math.Max(1, Math.Abs(x[i])), $"function {k} at {x[i]}: {all[i * 8 + k]} instead of {expected[k](x[i])}");
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(0, true)]
    [InlineData(2, true)]
    public void Clusters_AndEarlyStarts_AreLaunched(int cluster, bool startsEarly)
    {
        using CudaDeviceVariable<float> x = device.Upload<float>([.. Enumerable.Range(0, 2000).Select(i => (float)i)]), y = Zeros<float>(2000);
        ScaleAdd(y, x, (kernel, arguments) => kernel.Launch(device.Stream, CudaLaunchShape.Of(2, 256) with { Cluster = cluster, StartsEarly = startsEarly }, (void**)arguments));
        Assert.Equal([.. Enumerable.Range(0, 2000).Select(i => 3f * i + 1)], device.Download(y));
        Assert.Equal(1, Simulator.Calls("cuLaunchKernelEx"));
    }

    [Fact]
    public void CooperativeKernels_AreLaunched()
    {
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3), y = Zeros<float>(3);
        ScaleAdd(y, x, (kernel, arguments) => kernel.LaunchCooperative(device.Stream, CudaLaunchShape.Of(2, 256), (void**)arguments));
        Assert.Equal([4, 7, 10], device.Download(y));
        Assert.Equal(1, Simulator.Calls("cuLaunchCooperativeKernel"));
    }

    void ScaleAdd(CudaDeviceVariable<float> y, CudaDeviceVariable<float> x, Action<CudaKernel, nint> launch)
    {
        (ulong target, ulong source, float factor, float term, int count) = (y.DevicePointer, x.DevicePointer, 3, 1, (int)x.Size);
        void** arguments = stackalloc void*[] { &target, &source, &factor, &term, &count };
        launch(device.Kernel("elementwise.cu", "scale_add"), (nint)arguments);
    }

    [Fact]
    public void Variables_AreFoundByName()
    {
        const string Source = """
            __device__ float table[4];
            extern "C" __global__ void read_table(float* y) { y[threadIdx.x] = table[threadIdx.x]; }
            """;
        using CudaModule module = CudaModule.Compile(device.Context, device.Compiler, "table.cu", Source);
        ulong table = module.GetGlobal("table", out long bytes);
        Assert.Equal(16, bytes);
        using CudaDeviceVariable<float> x = device.Upload<float>(1, 2, 3, 4), y = Zeros<float>(4);
        device.Stream.Copy(table, x.DevicePointer, bytes);
        ulong target = y.DevicePointer;
        void* argument = &target;
        module.GetKernel("read_table").Launch(device.Stream, CudaLaunchShape.Of(1, 4), &argument);
        Assert.Equal([1, 2, 3, 4], device.Download(y));
    }

    [Fact]
    public void Kernel_SaysWhatItNeeds()
    {
        CudaKernel kernel = device.Kernel("columns.cu", "column_sums");
        Assert.Equal("column_sums", kernel.Name);
        Assert.True(kernel.MaxThreadsPerBlock >= 256 && kernel.BlocksPerMultiprocessor(256) >= 1);
        kernel.MaxDynamicSharedBytes = 64 * 1024;
        Assert.Equal(64 * 1024, kernel.MaxDynamicSharedBytes);
    }

    struct AddArguments
    {
        public ulong Y, X, Z;
        public int Count;
    }

    void Run(string file, string kernel, CudaLaunchShape shape, params object[] arguments)
    {
        ulong* values = stackalloc ulong[arguments.Length];
        void** pointers = stackalloc void*[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i] switch
            {
                CudaDeviceVariable<float> v => v.DevicePointer,
                CudaDeviceVariable<ushort> v => v.DevicePointer,
                CudaDeviceVariable<byte> v => v.DevicePointer,
                int v => (uint)v,
                _ => throw new ArgumentException($"{arguments[i]}"),
            };
            pointers[i] = values + i;
        }
        device.Kernel(file, kernel).Launch(device.Stream, shape, pointers);
    }

    CudaDeviceVariable<ushort> Bf16(double[] values) => device.Upload<ushort>(BFloat16.From(values));

    CudaDeviceVariable<T> Zeros<T>(int count) where T : unmanaged
    {
        var variable = new CudaDeviceVariable<T>(device.Context, count);
        variable.Clear(device.Stream);
        return variable;
    }

    static double[] Draw(int count, int seed, double range)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => range * (2 * random.NextDouble() - 1))];
    }

    /// <summary>The distribution function of the normal distribution.</summary>
    static double Normal(double x) => 0.5 * (1 + SpecialFunctions.Erf(x / Math.Sqrt(2)));

    /// <summary>A number of 8 bits without sign, by its definition.</summary>
    static float Value(int bits, int exponentBits, int mantissaBits)
    {
        int exponent = bits >> mantissaBits, bias = (1 << (exponentBits - 1)) - 1;
        double mantissa = (double)(bits & ((1 << mantissaBits) - 1)) / (1 << mantissaBits);
        return (float)(exponent == 0 ? mantissa * Math.Pow(2, 1 - bias) : (1 + mantissa) * Math.Pow(2, exponent - bias));
    }

    /// <summary>The bits of the nearest of all numbers, the even one of two, the largest beyond it.</summary>
    static int Nearest(float[] all, float x)
    {
        double magnitude = Math.Abs((double)x);
        int sign = BitConverter.SingleToInt32Bits(x) < 0 ? 0x80 : 0;
        int above = Array.BinarySearch(all, (float)magnitude);
        if (above >= 0) return sign | above;
        above = ~above;
        if (above == all.Length) return sign | (all.Length - 1);
        double low = magnitude - all[above - 1], high = all[above] - magnitude;
        return sign | (low < high || (low == high && (above - 1) % 2 == 0) ? above - 1 : above);
    }
}
