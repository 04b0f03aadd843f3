using System;
using System.Linq;
using ModelCompiler.Tests.Harness;
using Samples.CharGpt;
using Samples.CharLstm;
using Samples.Digits;
using Samples.FashionMnist;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>The samples' models train on a device of CUDA with the processor's losses.</summary>
public sealed class SamplesOnCudaTests : SimulatedTests
{
    const int Steps = 3;

    [Theory, MemberData(nameof(InOrders))]
    public void CharGpt_TrainsAlike(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        int[] ids = Draw.Tokens(2 * 12, CharGpt.Vocab), targets = Draw.Tokens(2 * 12, CharGpt.Vocab, stream: 3);
        using var cpu = CharGpt.CreateTrainer(Device.Cpu, new AdamW(2e-3f), seed: 7);
        using var cuda = CharGpt.CreateTrainer(Device.Cuda(0), new AdamW(2e-3f), seed: 7);
        Alike(() => cpu.Step(ids, targets, 2, 12), () => cuda.Step(ids, targets, 2, 12), cuda);
    }

    [Theory, MemberData(nameof(InOrders))]
    public void Lstm_TrainsAlike(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        int[] ids = Draw.Tokens(2 * 6, CharLstm.Vocab), targets = Draw.Tokens(2 * 6, CharLstm.Vocab, stream: 3);
        using var cpu = CharLstm.CreateTrainer(Device.Cpu, new AdamW(2e-3f), seed: 7);
        using var cuda = CharLstm.CreateTrainer(Device.Cuda(0), new AdamW(2e-3f), seed: 7);
        Alike(() => cpu.Step(ids, targets, 2, 6), () => cuda.Step(ids, targets, 2, 6), cuda);
    }

    [Theory, MemberData(nameof(InOrders))]
    public void Digits_TrainAlike(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        float[] x = [.. Draw.Reals(4 * DigitClassifier.Pixels).Select(v => (v + 1) / 2)];
        int[] labels = Draw.Tokens(4, 10);
        using (var cpu = DigitClassifier.CreateTrainer(Device.Cpu, new AdamW(2e-3f), seed: 7))
        using (var cuda = DigitClassifier.CreateTrainer(Device.Cuda(0), new AdamW(2e-3f), seed: 7))
            Alike(() => cpu.Step(x, labels), () => cuda.Step(x, labels), cuda);
        using var first = DigitConvNet.CreateTrainer(Device.Cpu, new AdamW(2e-3f), seed: 7);
        using var second = DigitConvNet.CreateTrainer(Device.Cuda(0), new AdamW(2e-3f), seed: 7);
        Alike(() => first.Step(x, labels), () => second.Step(x, labels), second);
    }

    [Theory, MemberData(nameof(InOrders))]
    public void FashionMnist_TrainsAlike(string order)
    {
        Simulator.Configure("MCSIM_ORDER", order);
        float[] x = [.. Draw.Reals(2 * 784).Select(v => (v + 1) / 2)];
        int[] labels = Draw.Tokens(2, 10);
        using var cpu = LeNet.CreateTrainer(Device.Cpu, new AdamW(2e-3f), seed: 7);
        using var cuda = LeNet.CreateTrainer(Device.Cuda(0), new AdamW(2e-3f), seed: 7);
        Alike(() => cpu.Step(x, labels), () => cuda.Step(x, labels), cuda);
    }

    static void Alike(Func<float> step, Func<float> onCuda, ModelTrainer trainer)
    {
        for (int i = 0; i < Steps; i++)
        {
            float expected = step();
            onCuda();
            Assert.InRange(trainer.Synchronize(), expected - 2e-4f * expected, expected + 2e-4f * expected);
        }
    }
}
