using System;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Updates of whole parameters, matrix by matrix: Adafactor and Muon, against the CPU's.</summary>
public sealed unsafe class OptimizerMatrixKernelTests(LibraryDevice device) : LibraryTests(device)
{
    const float Rate = 0.02f, Scale = 0.6f;

    [Theory]
    [InlineData(2, 1, 37, 45, true, true, true)]
    [InlineData(1, 3, 9, 70, true, false, false)]
    [InlineData(3, 1, 1, 50, false, true, true)]
    [InlineData(1, 1, 1, 7, false, false, true)]
    public void Adafactor_IsThatOfTheCpu(int tensors, int matrices, int rows, int columns, bool isFactored, bool isRelative, bool scalesByParameter)
    {
        var optimizer = new Adafactor(Rate, isRelative, scalesByParameter, clipThreshold: 0.8f, weightDecay: 0.1f);
        int length = tensors * matrices * rows * columns, states = (int)AdafactorUpdate.StateLength(tensors, matrices, rows, columns, isFactored);
        GroupSettings[] groups = [.. Enumerable.Range(0, tensors).Select(i => new GroupSettings(1 + i, 0.1f * i))];
        float[] w = Floats(Draw(CudaDataType.Float32, length, 1)), s = new float[states], scratch = new float[2 * (2 * tensors * matrices * rows + 2 * tensors + tensors * matrices)];
        float[][] g = [Floats(Draw(CudaDataType.Float32, length, 2)), Floats(Draw(CudaDataType.Float32, length, 3))];
        float[] result = InEveryOrder(() =>
        {
            ulong weights = Device.Store<float>(w), state = Device.Store<float>(s), settings = Device.Store<GroupSettings>(groups);
            ulong room = Device.Empty(CudaAdafactor.ScratchBytes(tensors, matrices, rows));
            for (int step = 1; step <= 2; step++)
                CudaAdafactor.Update(Library, Stream, optimizer, Numbers(step), weights, Device.Store<float>(g[step - 1]), state, room, settings,
                    tensors, matrices, rows, columns, isFactored);
            return [.. Device.Read<float>(weights, length), .. Device.Read<float>(state, states)];
        });
        using var pool = new WorkerPool(1);
        for (int step = 1; step <= 2; step++)
            fixed (float* weights = w, gradients = g[step - 1], state = s, room = scratch)
                AdafactorUpdate.Run(pool, optimizer, weights, gradients, state, room, groups, step, Rate, Scale, tensors, matrices, rows, columns, isFactored);
        Close(Doubles(w), result[..length], 1e-6);
        Close(Doubles(s), result[length..], 1e-6);
        Device.Free();
    }

    [Theory]
    [InlineData(3, 20, 33, true, true)]
    [InlineData(1, 130, 48, false, true)]
    [InlineData(2, 64, 64, true, false)]
    public void Muon_IsThatOfTheCpu(int count, int rows, int columns, bool isNesterov, bool matchesAdamW)
    {
        var optimizer = new Muon(Rate, nesterov: isNesterov, matchAdamW: matchesAdamW);
        int length = count * rows * columns;
        GroupSettings[] groups = [.. Enumerable.Range(0, count).Select(i => new GroupSettings(1 + i, 0.1f * i))];
        float[] w = Floats(Draw(CudaDataType.Float32, length, 1)), m = Floats(Draw(CudaDataType.Float32, length, 2)), g = Floats(Draw(CudaDataType.Float32, length, 3));
        ulong settings = Device.Store<GroupSettings>(groups), gradients = Device.Store<float>(g), numbers = Numbers(3);
        float[] Run(CudaBatchedProduct? product)
        {
            ulong weights = Device.Store<float>(w), momentum = Device.Store<float>(m), room = Device.Empty(CudaMuon.ScratchBytes(count, rows, columns));
            CudaMuon.Update(Library, Stream, optimizer, numbers, weights, gradients, momentum, room, settings, count, rows, columns, product);
            return [.. Device.Read<float>(weights, length), .. Device.Read<float>(momentum, length)];
        }
        float[] result = count == 2 ? Run(null) : InEveryOrder(() => Run(null));
        int products = 0;
        Assert.Equal(result, Run((int batch, long rowsOf, long columnsOf, long k, in CudaMatrix a, in CudaMatrix b, in CudaMatrix c, in CudaMatrix d, float alpha, float beta) =>
        {
            products++;
            CudaProduct.Multiply(Library, Stream, 1, batch, rowsOf, columnsOf, k, a, b, c, d, alpha, beta);
        }));
        Assert.Equal(15, products);
        using var pool = new WorkerPool(1);
        var room = new float[MuonUpdate.ScratchLength(rows, columns) + 16];
        fixed (float* weights = w, momentum = m, from = g, first = room)
        {
            float* aligned = (float*)(((nint)first + 63) / 64 * 64);
            MuonUpdate.Run(pool, optimizer, weights, from, momentum, aligned, groups, Rate, Scale, count, rows, columns);
        }
        Close(Doubles(w), result[..length], 1e-5);
        Assert.Equal(m, result[length..]);
        Device.Free();
    }

    [Fact]
    public void EveryAccess_IsAllowed() => Checked(() =>
    {
        const int Rows = 20, Columns = 33;
        ulong weights = Device.Store<float>(Floats(Draw(CudaDataType.Float32, Rows * Columns, 1))), state = Device.Store<float>(new float[Rows * Columns]);
        ulong settings = Device.Store<GroupSettings>([new GroupSettings(1, 0)]), numbers = Numbers(1);
        ulong room = Device.Empty(CudaMuon.ScratchBytes(1, Rows, Columns)), other = Device.Empty(CudaAdafactor.ScratchBytes(1, 1, Rows));
        CudaMuon.Update(Library, Stream, new Muon(Rate), numbers, weights, weights, state, room, settings, 1, Rows, Columns);
        CudaAdafactor.Update(Library, Stream, new Adafactor(Rate), numbers, weights, state, Device.Store<float>(new float[Rows + Columns]), other, settings, 1, 1, Rows, Columns, true);
        Stream.Synchronize();
        Device.Free();
    });

    ulong Numbers(int step) => Device.Store<StepNumbers>([new StepNumbers { Rate = Rate, Scale = Scale, Step = step }]);
}
