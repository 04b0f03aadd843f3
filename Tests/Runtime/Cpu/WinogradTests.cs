using System;
using System.Linq;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>
/// Convolutions of 3 × 3 that go by transformed tiles against plain loops in double: sizes around tiles, panels and blocks, any number of
/// threads, and numbers that must not be transformed.
/// </summary>
public sealed unsafe class WinogradTests
{
    /// <summary>Batch, channels, outputs, height, width, padding.</summary>
    public static TheoryData<int, int, int, int, int, int> Sizes =>
    [
        (2, 16, 16, 8, 8, 1), (1, 16, 17, 12, 13, 1), (3, 33, 50, 10, 6, 1), (9, 24, 100, 4, 4, 1), (1, 64, 64, 32, 32, 1), (1, 16, 16, 6, 200, 1),
        (40, 17, 31, 4, 6, 0), (2, 20, 49, 9, 9, 2), (33, 400, 16, 4, 4, 1), (1, 16, 16, 5, 400, 1),
    ];

    [Theory, MemberData(nameof(Sizes))]
    public void EqualsTheDefinition(int batch, int channels, int outputs, int height, int width, int padding)
    {
        ConvolutionShape shape = Shape(batch, channels, outputs, height, width, padding);
        float[] x = Draw(batch * channels * height * width, 1), w = Draw(outputs * channels * 9, 2);
        float[] dy = Draw(batch * outputs * shape.OutHeight * shape.OutWidth, 3);
        double[] y = Forward(shape, x, w), dx = InputGradient(shape, dy, w);
        float[][] results = [.. Pools.All.Select(pool => Run(pool, shape, x, w, y.Length))];
        float[][] gradients = [.. Pools.All.Select(pool => RunGradient(pool, shape, dy, w, dx.Length))];
        double[] dw = WeightGradient(shape, x, dy);
        float[][] weights = [.. Pools.All.Select(pool => RunWeightGradient(pool, shape, x, dy, dw.Length))];
        double weightError = 4e-8 * batch * shape.OutHeight * shape.OutWidth;
        Assert.True(Distance(dw, weights[0]) <= weightError * Largest(dw), $"{Distance(dw, weights[0]) / Largest(dw)} of the largest");
        Assert.All(weights, r => Assert.Equal(weights[0], r));
        double error = 4e-8 * channels * 9;
        Assert.True(Distance(y, results[0]) <= error * Largest(y), $"{Distance(y, results[0]) / Largest(y)} of the largest");
        Assert.True(Distance(dx, gradients[0]) <= error * Largest(dx), $"{Distance(dx, gradients[0]) / Largest(dx)} of the largest");
        Assert.All(results, r => Assert.Equal(results[0], r));
        Assert.All(gradients, r => Assert.Equal(gradients[0], r));
    }

    /// <summary>NaN, infinities and numbers near the largest reach what depends on them, and nothing else.</summary>
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(3e38f)]
    [InlineData(1e36f)]
    public void KeepsWhatIsNotFiniteInItsPlace(float value)
    {
        ConvolutionShape shape = Shape(2, 16, 16, 8, 8, 1);
        float[] x = Draw(2 * 16 * 64, 1), w = Draw(16 * 16 * 9, 2), positive = [.. w.Select(MathF.Abs)];
        float[] usual = Run(Pools.Two, shape, x, positive, 2 * 16 * 64);
        x[5 * 64 + 3 * 8 + 4] = value;      // first image, sixth channel, fourth row, fifth column
        float[] y = Run(Pools.Two, shape, x, positive, usual.Length);
        for (int i = 0; i < y.Length; i++)
        {
            int image = i / (16 * 64), row = i / 8 % 8, column = i % 8;
            bool depends = image == 0 && Math.Abs(row - 3) <= 1 && Math.Abs(column - 4) <= 1;
            if (!depends) Assert.Equal(usual[i], y[i], 1e-4f);
            else Assert.False(Math.Abs(y[i]) < 1e30f, $"{y[i]} at {i}");
        }
    }

    /// <summary>A NaN of the gradient reaches the kernels of its channel.</summary>
    [Fact]
    public void KeepsANaNOfTheGradientInItsChannel()
    {
        ConvolutionShape shape = Shape(2, 16, 20, 8, 8, 1);
        float[] x = Draw(2 * 16 * 64, 1), dy = Draw(2 * 20 * 64, 3);
        dy[7 * 64 + 12] = float.NaN;
        float[] dw = RunWeightGradient(Pools.Two, shape, x, dy, 20 * 16 * 9);
        for (int i = 0; i < dw.Length; i++) Assert.Equal(i / (16 * 9) == 7, float.IsNaN(dw[i]));
    }

    /// <summary>The same of the weight.</summary>
    [Fact]
    public void KeepsANaNOfTheWeightInItsChannel()
    {
        ConvolutionShape shape = Shape(2, 16, 20, 8, 8, 1);
        float[] x = Draw(2 * 16 * 64, 1), w = Draw(20 * 16 * 9, 2);
        w[7 * 16 * 9 + 4] = float.NaN;      // the middle of the kernel from channel 0 to 7
        float[] y = Run(Pools.Two, shape, x, w, 2 * 20 * 64);
        for (int i = 0; i < y.Length; i++) Assert.Equal(i / 64 % 20 == 7, float.IsNaN(y[i]));
    }

    static ConvolutionShape Shape(int batch, int channels, int outputs, int height, int width, int padding) => new()
    {
        Batch = batch, Channels = channels, Outputs = outputs, Height = height, Width = width, OutHeight = height + 2 * padding - 2,
        OutWidth = width + 2 * padding - 2, KernelHeight = 3, KernelWidth = 3, StrideHeight = 1, StrideWidth = 1, PaddingHeight = padding,
        PaddingWidth = padding, DilationHeight = 1, DilationWidth = 1, Groups = 1,
    };

    static float[] Run(WorkerPool pool, ConvolutionShape shape, float[] x, float[] w, int length)
    {
        using FencedFloats source = new(x), weight = new(w), result = new(length);
        Convolution.Forward(pool, shape, source.Start, weight.Start, result.Start, default(NoEpilogue));
        return result.Span.ToArray();
    }

    static float[] RunGradient(WorkerPool pool, ConvolutionShape shape, float[] dy, float[] w, int length)
    {
        using FencedFloats source = new(dy), weight = new(w), result = new(length);
        Convolution.InputGradient(pool, shape, source.Start, weight.Start, result.Start);
        return result.Span.ToArray();
    }

    static float[] RunWeightGradient(WorkerPool pool, ConvolutionShape shape, float[] x, float[] dy, int length)
    {
        using FencedFloats source = new(x), change = new(dy), result = new(length);
        Convolution.WeightGradient(pool, shape, source.Start, change.Start, result.Start);
        return result.Span.ToArray();
    }

    static double[] WeightGradient(ConvolutionShape s, float[] x, float[] dy)
    {
        var dw = new double[s.Outputs * s.Channels * 9];
        ForEachTerm(s, (from, weight, to) => dw[weight] += (double)x[from] * dy[to]);
        return dw;
    }

    static double[] Forward(ConvolutionShape s, float[] x, float[] w)
    {
        var y = new double[s.Batch * s.Outputs * s.OutHeight * s.OutWidth];
        ForEachTerm(s, (from, weight, to) => y[to] += (double)x[from] * w[weight]);
        return y;
    }

    static double[] InputGradient(ConvolutionShape s, float[] dy, float[] w)
    {
        var dx = new double[s.Batch * s.Channels * s.Height * s.Width];
        ForEachTerm(s, (from, weight, to) => dx[from] += (double)dy[to] * w[weight]);
        return dx;
    }

    static void ForEachTerm(ConvolutionShape s, Action<int, int, int> term)
    {
        for (int b = 0; b < s.Batch; b++)
            for (int o = 0; o < s.Outputs; o++)
                for (int c = 0; c < s.Channels; c++)
                    for (int tap = 0; tap < 9; tap++)
                        for (int i = 0; i < s.OutHeight; i++)
                            for (int j = 0; j < s.OutWidth; j++)
                            {
                                int row = i + tap / 3 - s.PaddingHeight, column = j + tap % 3 - s.PaddingWidth;
                                if (row < 0 || row >= s.Height || column < 0 || column >= s.Width) continue;
                                term(((b * s.Channels + c) * s.Height + row) * s.Width + column, (o * s.Channels + c) * 9 + tap,
                                    ((b * s.Outputs + o) * s.OutHeight + i) * s.OutWidth + j);
                            }
    }

    static float[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    static double Largest(double[] values) => values.Max(Math.Abs);

    static double Distance(double[] expected, float[] actual) => expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
}
