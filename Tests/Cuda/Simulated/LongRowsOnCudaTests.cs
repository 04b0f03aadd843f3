using System;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>A loss by rows too long for a block's registers: they are kept in shared memory, and the gradient takes their place.</summary>
public sealed class LongRowsOnCudaTests : SimulatedTests
{
    const int Rows = 3;
    static readonly int[] labels = Draw.Tokens(Rows, LongRowsOnCuda.Classes);

    [Theory, MemberData(nameof(InOrders))]
    public void CrossEntropy_OfLongRows_IsTheProcessors(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        float[] x = Draw.Reals(Rows * 6);
        using var cpu = LongRowsOnCuda.CreateTrainer(Device.Cpu, new Sgd(0.5f), seed: 5);
        using var cuda = LongRowsOnCuda.CreateTrainer(Device.Cuda(0), new Sgd(0.5f), seed: 5);
        for (int step = 0; step < 2; step++)
        {
            float expected = cpu.Step(x, labels);
            cuda.Step(x, labels);
            Assert.Equal(expected, cuda.Synchronize(), 1e-5f * expected);
        }
        Close([.. cpu.Parameter("head.bias").ToArray().Select(v => (double)v)], cuda.Parameter("head.bias"), 1e-5);
        Close([.. cpu.Parameter("head.weight").ToArray().Select(v => (double)v)], cuda.Parameter("head.weight"), 1e-5);
    }

    [Fact]
    public void CrossEntropy_OfLongRowsInBFloat16_IsTheProcessorsWithinItsRounding()
    {
        float[] x = Draw.Reals(Rows * 8);
        using var cpu = LongRowsInBFloat16OnCuda.CreateTrainer(Device.Cpu, new Sgd(0.5f), seed: 5);
        using var cuda = LongRowsInBFloat16OnCuda.CreateTrainer(Device.Cuda(0), new Sgd(0.5f), seed: 5);
        for (int step = 0; step < 2; step++)
        {
            float expected = cpu.Step(x, labels);
            cuda.Step(x, labels);
            Assert.Equal(expected, cuda.Synchronize(), 2e-3f * expected);
        }
        Close([.. cpu.Parameter("head.bias").ToArray().Select(v => (double)v)], cuda.Parameter("head.bias"), 1e-2);
    }

    [Fact]
    public void LongRows_ComeFromMemoryOnce()
    {
        GeneratorRun run = GeneratorRun.Of(("M.cs", """
            namespace Written;

            [Model, Dim("N", Max = 8), Targets(Target.Cpu | Target.Cuda)]
            public sealed partial class M
            {
                readonly Linear head = new(6, 20488);

                [Loss]
                public Tensor Loss([Shape("N", "6")] Tensor x, [Shape("N")] Tensor<int> labels) => CrossEntropy(head.Forward(x), labels);
            }
            """));
        string launches = run.Files.Single(f => f.Key.EndsWith("M.Cuda.g.cs", StringComparison.Ordinal)).Value;
        Assert.Contains("LaunchWithShared(CudaKernels.D", launches, StringComparison.Ordinal);
        Assert.Contains($"sharedBytes: {4 * 20488}", launches, StringComparison.Ordinal);
    }
}
