using System;
using System.Linq;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Norms, clipping and updates: the bits of the plain loops.</summary>
public sealed unsafe class OptimizerKernelTests(LibraryDevice device) : LibraryTests(device)
{
    const int Length = 9000;

    // A block that is whole, one that is not, one that begins and ends within a pack, and one whose second state lies elsewhere.
    static readonly UpdateBlock[] Blocks =
    [
        new() { First = 0, Second = 0, Length = 4096, RateScale = 1, Decay = 0.1f },
        new() { First = 4096, Second = 4096, Length = 1001, RateScale = 0.5f, Decay = 0 },
        new() { First = 5097, Second = 5097, Length = 62, RateScale = 2, Decay = 0.01f },
        new() { First = 5200, Second = 5160, Length = 3700, RateScale = 1, Decay = 0.3f },
    ];

    [Fact]
    public void Structs_AreThoseOfTheKernels()
    {
        ulong layout = Device.Empty(19 * 4);
        void* argument = &layout;
        Library.Get("gradients", "step_layout").Launch(Stream, CudaLaunchShape.Of(1, 1), &argument);
        static int Place<T>(string field) => (int)Marshal.OffsetOf<T>(field);
        Assert.Equal(
        [
            sizeof(StepNumbers), .. ((string[])["Rate", "GradientScale", "MaxNorm", "Key0", "Key1", "Step", "Correction1", "Correction2", "Scale", "Norm",
                "Skip", "Skipped"]).Select(Place<StepNumbers>),
            sizeof(UpdateBlock), .. ((string[])["First", "Second", "Length", "RateScale", "Decay"]).Select(Place<UpdateBlock>),
        ], Device.Read<int>(layout, 19));
        Assert.Equal(StepNumbers.HostBytes, Place<StepNumbers>("Step"));
        Device.Free();
    }

    [Theory]
    [InlineData(1, 1f, float.PositiveInfinity)]
    [InlineData(4096, 1f, 10f)]
    [InlineData(12289, 0.25f, 3f)]
    [InlineData(70001, 0.5f, 1e9f)]
    public void Norm_IsMeasuredAndCut(int length, float gradientScale, float most)
    {
        float[] x = Floats(Draw(CudaDataType.Float32, length, 1));
        ulong gradients = Device.Store<float>(x), sums = Device.Empty(CudaGradients.ScratchBytes(length));
        StepNumbers result = default;
        InEveryOrder(() =>
        {
            ulong numbers = Numbers(gradientScale, most, step: 6);
            CudaGradients.SquaredNorm(Library, Stream, gradients, length, sums);
            CudaGradients.FinishNorm(Library, Stream, numbers, sums, length, 0.9f, 0.999f);
            result = Device.Read<StepNumbers>(numbers, 1)[0];
            return [result.Norm, result.Scale, result.Correction1, result.Correction2, result.Step, result.Skip];
        });
        double norm = Math.Sqrt(x.Sum(v => (double)v * v)) * gradientScale;
        Assert.Equal((float)norm, result.Norm, 1e-6 * norm);
        Assert.Equal(norm > most ? gradientScale * most / norm : gradientScale, result.Scale, 1e-6);
        Assert.Equal((7, 0, 0), (result.Step, result.Skip, result.Skipped));
        Assert.Equal(((float)(1 - Math.Pow(0.9f, 7)), (float)Math.Sqrt(1 - Math.Pow(0.999f, 7))), (result.Correction1, result.Correction2));
        Device.Free();
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void StepWithoutFiniteGradients_ChangesNothing(float bad)
    {
        float[] x = Floats(Draw(CudaDataType.Float32, Length, 1)), w = Floats(Draw(CudaDataType.Float32, Length, 2));
        x[8888] = bad;
        ulong gradients = Device.Store<float>(x), weights = Device.Store<float>(w), mean = Device.Store<float>(x), square = Device.Store<float>(w);
        ulong sums = Device.Empty(CudaGradients.ScratchBytes(Length)), numbers = Numbers(1, 1, step: 3), blocks = Device.Store<UpdateBlock>(Blocks);
        CudaGradients.Clamp(Library, Stream, gradients, numbers, Length, 0.5f);
        CudaGradients.SquaredNorm(Library, Stream, gradients, Length, sums);
        CudaGradients.FinishNorm(Library, Stream, numbers, sums, Length, 0.9f, 0.999f);
        CudaOptimizer.AdamW(Library, Stream, numbers, blocks, Blocks.Length, weights, gradients, mean, square, 0.9f, 0.999f, 1e-8f);
        CudaOptimizer.Sgd(Library, Stream, numbers, blocks, Blocks.Length, weights, gradients, mean, 0.9f, true);
        CudaOptimizer.Lion(Library, Stream, numbers, blocks, Blocks.Length, weights, gradients, mean, 0.9f, 0.99f);
        CudaGradients.Average(Library, Stream, gradients, weights, numbers, Length, 0.5f);
        StepNumbers result = Device.Read<StepNumbers>(numbers, 1)[0];
        Assert.Equal((3, 1, 1), (result.Step, result.Skip, result.Skipped));
        Assert.False(float.IsFinite(result.Norm));
        Assert.Equal(w, Device.Read<float>(weights, Length));
        Assert.Equal(w, Device.Read<float>(square, Length));
        Assert.Equal(x, Device.Read<float>(mean, Length));
        Device.Free();
    }

    [Fact]
    public void AdamW_HasTheBitsOfThePlainLoop()
    {
        (float beta1, float beta2, float epsilon) = (0.9f, 0.95f, 1e-8f);
        Compare(2, (w, g, s, numbers, block, i) =>
        {
            (int at, int second) = ((int)block.First + i, (int)block.Second + i);
            float own = numbers.Rate * 0.5f * block.RateScale, keep = 1 - own * block.Decay, size = own / numbers.Correction1;
            float gradient = g[at] * numbers.Scale;
            s[0][at] = s[0][at] * beta1 + gradient * (1 - beta1);
            s[1][second] = s[1][second] * beta2 + gradient * gradient * (1 - beta2);
            w[at] = w[at] * keep - size * s[0][at] / (MathF.Sqrt(s[1][second]) * (1 / numbers.Correction2) + epsilon);
        }, (numbers, blocks, w, g, s, copy, type, isStochastic) => CudaOptimizer.AdamW(Library, Stream, numbers, blocks, Blocks.Length, w, g, s[0], s[1],
            beta1, beta2, epsilon, 0.5f, copy, type, isStochastic));
    }

    [Theory]
    [InlineData(0f, false)]
    [InlineData(0.9f, false)]
    [InlineData(0.9f, true)]
    public void Sgd_HasTheBitsOfThePlainLoop(float momentum, bool isNesterov) => Compare(1, (w, g, s, numbers, block, i) =>
    {
        int at = (int)block.First + i;
        float gradient = g[at] * numbers.Scale + w[at] * block.Decay;
        s[0][at] = s[0][at] * momentum + gradient;
        w[at] -= (isNesterov ? gradient + s[0][at] * momentum : s[0][at]) * (numbers.Rate * block.RateScale);
    }, (numbers, blocks, w, g, s, copy, type, isStochastic) =>
        CudaOptimizer.Sgd(Library, Stream, numbers, blocks, Blocks.Length, w, g, s[0], momentum, isNesterov, copy, type, isStochastic));

    [Fact]
    public void Lion_HasTheBitsOfThePlainLoop() => Compare(1, (w, g, s, numbers, block, i) =>
    {
        int at = (int)block.First + i;
        float own = numbers.Rate * block.RateScale, keep = 1 - own * block.Decay, gradient = g[at] * numbers.Scale;
        float direction = s[0][at] * 0.9f + gradient * (1 - 0.9f);
        s[0][at] = s[0][at] * 0.99f + gradient * (1 - 0.99f);
        w[at] = w[at] * keep - (direction > 0 ? own : 0) + (direction < 0 ? own : 0);
    }, (numbers, blocks, w, g, s, copy, type, isStochastic) =>
        CudaOptimizer.Lion(Library, Stream, numbers, blocks, Blocks.Length, w, g, s[0], 0.9f, 0.99f, copy, type, isStochastic));

    delegate void Plain(float[] weights, float[] gradients, float[][] states, StepNumbers numbers, UpdateBlock block, int i);

    delegate void Launch(ulong numbers, ulong blocks, ulong weights, ulong gradients, ulong[] states, ulong copy, CudaDataType type, bool isStochastic);

    void Compare(int states, Plain plain, Launch launch)
    {
        foreach ((CudaDataType type, bool isStochastic) in ((CudaDataType, bool)[])
            [(CudaDataType.Float32, false), (CudaDataType.BFloat16, false), (CudaDataType.BFloat16, true), (CudaDataType.Float16, false), (CudaDataType.Float16, true)])
        {
            float[] w = Floats(Draw(CudaDataType.Float32, Length, 1)), g = Floats(Draw(CudaDataType.Float32, Length, 2));
            (w[0], w[1], w[2], w[3]) = (1e-5f, 70000, -3e-7f, -65000);      // of f16: denormal, too large, denormal, large
            float[][] s = [.. Enumerable.Range(3, states).Select(i => Array.ConvertAll(Floats(Draw(CudaDataType.Float32, Length, i)), MathF.Abs))];
            var numbers = new StepNumbers { Rate = 0.01f, Step = 4, Correction1 = 0.3f, Correction2 = 0.4f, Scale = 0.7f, Key0 = 17, Key1 = 4 };
            ulong blocks = Device.Store<UpdateBlock>(Blocks), deviceNumbers = Device.Store<StepNumbers>([numbers]), gradients = Device.Store<float>(g);
            float[] result = InEveryOrder(() =>
            {
                ulong weights = Device.Store<float>(w), copy = Device.Store(type, new double[Length]);
                ulong[] inDevice = [.. s.Select(v => Device.Store<float>(v))];
                launch(deviceNumbers, blocks, weights, gradients, inDevice, type == CudaDataType.Float32 ? 0 : copy, type, isStochastic);
                return [.. Device.Read<float>(weights, Length), .. inDevice.SelectMany(v => Device.Read<float>(v, Length)), .. Device.Read(type, copy, Length)];
            });
            foreach (UpdateBlock block in Blocks)
                for (int i = 0; i < block.Length; i++) plain(w, g, s, numbers, block, i);
            Assert.Equal(w, result[..Length]);
            for (int i = 0; i < states; i++) Assert.Equal(s[i], result[((i + 1) * Length)..((i + 2) * Length)]);
            float[] rounded = result[^Length..];
            if (type != CudaDataType.Float32) CheckCopy(type, isStochastic, w, rounded);
            Device.Free();
        }
    }

    static void CheckCopy(CudaDataType type, bool isStochastic, float[] w, float[] rounded)
    {
        float[] nearest = Floats(LibraryDevice.Rounded(type, Doubles(w)));
        double bias = 0;
        int others = 0, count = 0;
        foreach (UpdateBlock block in Blocks)
            for (int i = (int)block.First; i < block.First + block.Length; i++)
            {
                if (!isStochastic || !float.IsFinite(nearest[i]))
                {
                    Assert.Equal(nearest[i], rounded[i]);
                    continue;
                }
                double step = Math.Max(Math.Abs(w[i]) / (type == CudaDataType.BFloat16 ? 128 : 1024), type == CudaDataType.Float16 ? 6e-8 : 0);
                Assert.True(Math.Abs(rounded[i] - w[i]) <= step, $"{w[i]} → {rounded[i]}");
                bias += (rounded[i] - w[i]) / step;
                count++;
                if (rounded[i] != nearest[i]) others++;
            }
        Assert.Equal(0, rounded[5165]);     // between blocks
        if (!isStochastic) return;
        Assert.InRange(bias / count, -0.02, 0.02);
        Assert.InRange(others, count / 10, count / 2);
    }

    [Fact]
    public void Gradients_AreAddedScaledCutAndAveraged()
    {
        foreach (int length in (int[])[7, 4096, 9001])
        {
            float[] x = Floats(Draw(CudaDataType.Float32, length, 1)), y = Floats(Draw(CudaDataType.Float32, length, 2));
            (x[0], x[1], x[2]) = (float.PositiveInfinity, float.NaN, -0.0f);
            ulong from = Device.Store<float>(x), to = Device.Store<float>(y), first = Device.Empty(length * 4), numbers = Numbers(0.5f, 1, 0);
            CudaGradients.Add(Library, Stream, from, to, length, 0.3f, isFirst: false);
            CudaGradients.Add(Library, Stream, from, first, length, 0.3f, isFirst: true);
            Assert.Equal([.. x.Zip(y, (a, b) => b + a * 0.3f)], Device.Read<float>(to, length));
            Assert.Equal([.. x.Select(a => a * 0.3f)], Device.Read<float>(first, length));
            CudaGradients.Scale(Library, Stream, from, first, length, 1 / 3f);
            Assert.Equal([.. x.Select(a => a * (1 / 3f))], Device.Read<float>(first, length));
            ulong average = Device.Store<float>(y);
            CudaGradients.Average(Library, Stream, from, average, numbers, length, 0.125f);
            Assert.Equal([.. x.Zip(y, (a, b) => b + (a - b) * 0.125f)], Device.Read<float>(average, length));
            CudaGradients.Clamp(Library, Stream, from, numbers, length, 0.2f);      // of half the gradient
            Assert.Equal([.. x.Select(a => float.IsFinite(a) ? Math.Clamp(a, -0.4f, 0.4f) : a)], Device.Read<float>(from, length));
            ulong copy = Device.Empty(CudaDataType.BFloat16, length);
            CudaOptimizer.CopyWeights(Library, Stream, from, copy, CudaDataType.BFloat16, length);
            Assert.Equal(BFloat16.To(Array.ConvertAll(Device.Read<float>(from, length), v => BFloat16.From(v))), Device.Read(CudaDataType.BFloat16, copy, length));
            Device.Free();
        }
    }

    [Fact]
    public void Step_IsRecordedOnce_AndCountsOnTheDevice()
    {
        float[] w = Floats(Draw(CudaDataType.Float32, Length, 1)), g = Floats(Draw(CudaDataType.Float32, Length, 2));
        ulong gradients = Device.Store<float>(g), weights = Device.Store<float>(w), mean = Device.Store<float>(new float[Length]), square = Device.Store<float>(new float[Length]);
        ulong sums = Device.Empty(CudaGradients.ScratchBytes(Length)), numbers = Numbers(1, 1, step: 0), blocks = Device.Store<UpdateBlock>(Blocks);
        Work();
        Stream.BeginCapture();
        Work();
        using CudaGraph graph = Stream.EndCapture();
        using CudaGraphExec step = graph.Instantiate();
        for (int i = 0; i < 3; i++) step.Launch(Stream);
        Assert.Equal(4, Device.Read<StepNumbers>(numbers, 1)[0].Step);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Device.Free();

        void Work()
        {
            CudaGradients.SquaredNorm(Library, Stream, gradients, Length, sums);
            CudaGradients.FinishNorm(Library, Stream, numbers, sums, Length, 0.9f, 0.999f);
            CudaOptimizer.AdamW(Library, Stream, numbers, blocks, Blocks.Length, weights, gradients, mean, square, 0.9f, 0.999f, 1e-8f);
        }
    }

    [Fact]
    public void EveryAccess_IsAllowed() => Checked(() =>
    {
        ulong gradients = Device.Store<float>(Floats(Draw(CudaDataType.Float32, Length, 1))), weights = Device.Store<float>(new float[Length]);
        ulong mean = Device.Store<float>(new float[Length]), square = Device.Store<float>(new float[Length]), copy = Device.Empty(Length * 2);
        ulong sums = Device.Empty(CudaGradients.ScratchBytes(Length)), numbers = Numbers(1, 1, step: 3), blocks = Device.Store<UpdateBlock>(Blocks);
        CudaGradients.Clamp(Library, Stream, gradients, numbers, Length, 0.5f);
        CudaGradients.SquaredNorm(Library, Stream, gradients, Length, sums);
        CudaGradients.FinishNorm(Library, Stream, numbers, sums, Length, 0.9f, 0.999f);
        CudaOptimizer.AdamW(Library, Stream, numbers, blocks, Blocks.Length, weights, gradients, mean, square, 0.9f, 0.999f, 1e-8f, 1, copy, CudaDataType.BFloat16, true);
        Stream.Synchronize();
        Device.Free();
    });

    ulong Numbers(float gradientScale, float most, int step) => Device.Store<StepNumbers>(
        [new StepNumbers { Rate = 0.1f, GradientScale = gradientScale, MaxNorm = most, Step = step, Key0 = 1, Key1 = 2, Scale = 1, Correction1 = 1, Correction2 = 1 }]);
}
