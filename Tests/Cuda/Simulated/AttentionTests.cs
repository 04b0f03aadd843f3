using System;
using System.Collections.Generic;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Fused attention against doubles: sizes, masks and their combinations, for each element type, with the same bits in every order of threads.</summary>
public sealed class AttentionTests(SimulatedDevice device) : SimulatedTests, IClassFixture<SimulatedDevice>
{
    const CudaDataType Float = CudaDataType.Float32, Bf16 = CudaDataType.BFloat16, F16 = CudaDataType.Float16;

    /// <summary>Element types share what they compile: a combination of sizes and masks costs seconds.</summary>
    static readonly Dictionary<string, Func<(AttentionProblem Problem, bool IsInterleaved)>> Cases = new()
    {
        ["bf16, causal, groups of heads"] = () => (new(Of(Bf16, 2, 4, 2, 130, 130, 64, 64) with { IsCausal = true }), true),
        ["bf16, one place"] = () => (new(Of(Bf16, 1, 1, 1, 1, 1, 64, 64) with { IsCausal = true }), false),
        ["bf16, wide heads with a repeated bias"] = () => (new(Of(Bf16, 2, 2, 1, 33, 70, 128, 128), hasBias: true, repeatsOuter: true, biasIsElement: true), false),
        ["bf16, heads of 80, causal window"] = () => (new(Of(Bf16, 1, 1, 1, 130, 130, 80, 80) with { IsCausal = true, Window = 20 }), false),
        ["bf16, widest heads"] = () => (new(Of(Bf16, 1, 1, 1, 40, 50, 256, 200)), false),
        ["bf16, lengths, none of them"] = () => (new(Of(Bf16, 3, 2, 2, 17, 130, 16, 16), hasLengths: true), false),
        ["bf16, everything"] = () => (Everything(Bf16), true),
        ["f16, more keys than queries"] = () => (new(Of(F16, 1, 2, 2, 17, 130, 64, 64)), false),
        ["f16, heads of 6, documents"] = () => (new(Of(F16, 2, 2, 1, 130, 130, 6, 6) with { IsCausal = true }, hasDocuments: true), true),
        ["f16, dropout"] = () => (new(Of(F16, 2, 2, 1, 20, 70, 8, 24) with { DropoutRate = 0.3f }), false),
        ["f16, everything"] = () => (Everything(F16), true),
        ["fp32, causal, groups of heads"] = () => (new(Of(Float, 1, 4, 2, 130, 130, 64, 64) with { IsCausal = true }), true),
        ["fp32, heads of 6, window"] = () => (new(Of(Float, 1, 2, 1, 130, 33, 6, 7) with { Window = 9 }), false),
        ["fp32, wide heads"] = () => (new(Of(Float, 1, 1, 1, 70, 64, 128, 128)), false),
        ["fp32, widest heads"] = () => (new(Of(Float, 1, 1, 1, 40, 50, 144, 200)), false),
        ["fp32, a bias repeated over everything"] = () => (new(Of(Float, 3, 4, 2, 17, 70, 16, 16), hasBias: true, repeatsOuter: true, repeatsHeads: true), false),
        ["fp32, everything"] = () => (Everything(Float), true),
        ["tf32, causal"] = () => (new(Of(Float, 1, 2, 1, 130, 130, 64, 64) with { IsCausal = true, UsesTensorFloat32 = true }), false),
        ["tf32, everything"] = () => (Everything(Float, tf32: true), true),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Attention_AndItsGradients(string name)
    {
        (AttentionProblem problem, bool isInterleaved) = Cases[name]();
        AttentionRun? first = null;
        foreach (string order in Orders)
        {
            Simulator.Configure("MCSIM_ORDER", order);
            AttentionRun run = AttentionRun.Of(problem, device.Library, device.Stream, isInterleaved);
            first ??= Checked(problem, run, name);
            for (int i = 0; i < run.Results.Length; i++)
                Assert.True(first.Results[i].AsSpan().SequenceEqual(run.Results[i]), $"{name}: {AttentionRun.Names[i]} has other bits in order {order}");
        }
    }

    [Theory]
    [InlineData(Bf16)]
    [InlineData(Float)]
    public void EveryAccess_IsInBounds_AndOfWhatWasWritten(CudaDataType type)
    {
        Simulator.Configure("MCSIM_CHECK", "1");
        try
        {
            using var folder = new TemporaryFolder();
            using var library = new KernelLibrary(device.Context, new CudaRuntimeCompiler(new CubinCache(folder[""])));
            AttentionProblem problem = Everything(type);
            Checked(problem, AttentionRun.Of(problem, library, device.Stream, isInterleaved: true), "checked");
        }
        finally
        {
            Simulator.Configure("MCSIM_CHECK", "0");
        }
    }

    [Fact]
    public unsafe void Gradients_AreOptional_AndLaunchesAllocateNothing()
    {
        CudaAttentionShape shape = Of(Bf16, 1, 4, 2, 20, 20, 64, 64) with { IsCausal = true };
        using CudaDeviceVariable<ushort> q = Some(4), k = Some(2), v = Some(2), o = Some(4), dO = Some(4), dQ = Some(4), dK = Some(2), dV = Some(2);
        using var logSums = new CudaDeviceVariable<float>(device.Context, 4 * 20);
        using var scratch = new CudaDeviceVariable<byte>(device.Context, CudaAttention.ScratchBytes(shape));
        CudaAttentionOperand all = Operand(o, 4);
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            CudaAttention.Forward(device.Library, device.Stream, shape, Operand(q, 4), Operand(k, 2), Operand(v, 2), all, logSums.DevicePointer);
            CudaAttention.Backward(device.Library, device.Stream, shape, Operand(q, 4), Operand(k, 2), Operand(v, 2), all, logSums.DevicePointer, Operand(dO, 4),
                Operand(dQ, 4), Operand(dK, 2), Operand(dV, 2), scratch.DevicePointer);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
        ushort[] wanted = device.Download(dV);
        (ushort[] fill, ushort[] dq) = (new ushort[wanted.Length], device.Download(dQ));
        Array.Fill(fill, (ushort)7);
        dV.CopyToDevice(fill, device.Stream);
        dK.CopyToDevice(fill, device.Stream);
        dQ.Clear(device.Stream);
        CudaAttention.Backward(device.Library, device.Stream, shape, Operand(q, 4), Operand(k, 2), Operand(v, 2), all, logSums.DevicePointer, Operand(dO, 4), default, default,
            Operand(dV, 2), scratch.DevicePointer);
        Assert.Equal(wanted, device.Download(dV));
        Assert.Equal(fill, device.Download(dK));
        Assert.All(device.Download(dQ), x => Assert.Equal(0, x));
        CudaAttention.Backward(device.Library, device.Stream, shape, Operand(q, 4), Operand(k, 2), Operand(v, 2), all, logSums.DevicePointer, Operand(dO, 4), Operand(dQ, 4),
            default, default, scratch.DevicePointer);
        Assert.Equal(dq, device.Download(dQ));

        CudaDeviceVariable<ushort> Some(int heads)
        {
            var random = new Random(heads);
            var values = new double[heads * 20 * 64];
            for (int i = 0; i < values.Length; i++) values[i] = random.NextDouble() - 0.5;
            return device.Upload<ushort>(BFloat16.From(values));
        }

        static CudaAttentionOperand Operand(CudaDeviceVariable<ushort> variable, int heads) => CudaAttentionOperand.Dense(variable.DevicePointer, heads, 20, 64);
    }

    [Fact]
    public void WhatDoesNotBelongTogether_IsRefused()
    {
        CudaAttentionShape shape = Of(Bf16, 1, 4, 2, 20, 30, 64, 64);
        Refused(shape with { IsCausal = true }, "20 queries and 30 keys");
        Refused(shape with { KeyHeads = 3 }, "4 heads of queries cannot share 3 heads of keys");
        Refused(shape with { HeadSize = 257 }, "HeadSize is 257");
        Refused(shape with { Queries = 0 }, "Queries is 0");
        Refused(shape with { Type = CudaDataType.Int8 }, "not of Int8");
        Refused(shape with { Scale = 0 }, "The scale of scores is 0");
        Refused(shape with { DropoutRate = 1 }, "The dropout rate is 1");
        Refused(shape with { DropoutRate = 0.5f }, "Dropout needs random keys");
        Refused(shape, "The bias is Float16", new() { Bias = new(16, 0, 0, 30), BiasType = F16 });
        Refused(shape, "documents need as many", new() { Documents = 16 });

        void Refused(CudaAttentionShape wrong, string message, CudaAttentionOptions options = default) => Assert.Contains(message,
            Assert.Throws<ArgumentException>(() => CudaAttention.Forward(device.Library, device.Stream, wrong, default, default, default, default, 0, options)).Message, StringComparison.Ordinal);
    }

    static CudaAttentionShape Of(CudaDataType type, int outer, int queryHeads, int keyHeads, int queries, int keys, int headSize, int valueSize) => new()
    {
        Type = type, Outer = outer, QueryHeads = queryHeads, KeyHeads = keyHeads, Queries = queries, Keys = keys, HeadSize = headSize, ValueSize = valueSize,
        Scale = 2 / MathF.Sqrt(headSize), Draw = 3,
    };

    static AttentionProblem Everything(CudaDataType type, bool tf32 = false) =>
        new(Of(type, 3, 4, 2, 97, 97, 24, 16) with { IsCausal = true, Window = 60, DropoutRate = 0.2f, UsesTensorFloat32 = tf32 }, hasLengths: true, hasDocuments: true, hasBias: true, repeatsOuter: true);

    static AttentionRun Checked(AttentionProblem problem, AttentionRun run, string name)
    {
        (double result, double logSums, double gradients) = problem.Shape switch
        {
            { Type: Bf16 } => (8e-3, 5e-7, 8e-3),
            { Type: F16 } => (1.5e-3, 5e-7, 1.5e-3),
            { UsesTensorFloat32: true } => (1.5e-3, 1e-3, 1.5e-3),
            _ => (2e-6, 5e-7, 4e-6),
        };
        double[] errors = run.Errors(problem);
        for (int i = 0; i < errors.Length; i++)
        {
            double allowed = i switch { 0 => result, 1 => logSums, _ => gradients };
            Assert.True(errors[i] <= allowed, $"{name}: {AttentionRun.Names[i]} is off by {errors[i]}, more than {allowed}");
        }
        return run;
    }
}
