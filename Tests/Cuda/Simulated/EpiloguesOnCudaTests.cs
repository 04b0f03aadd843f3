using System.Linq;
using ModelCompiler.Runtime.Training;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>
/// GELU, its gradient, residuals and bias gradients come out of products the same, whether cuBLASLt has an epilogue for them or kernels after the
/// product compute them.
/// </summary>
public sealed class EpiloguesOnCudaTests : SimulatedTests
{
    const int Batch = 3, Time = 11;
    static readonly int[] ids = Draw.Tokens(Batch * Time, 32), targets = Draw.Tokens(Batch * Time, 32, stream: 3);

    [Theory]
    [InlineData("none", true)]
    [InlineData("epilogues", false)]
    public void Gelu_IsThatOfTheProcessor_WithAndWithoutEpilogues(string refused, bool hasEpilogues)
    {
        Simulator.Configure("MCSIM_LT_REFUSE", refused);
        using var cpu = GeluOnCuda.CreateTrainer(Device.Cpu, new Sgd(0.1f), seed: 5);
        using var cuda = GeluOnCuda.CreateTrainer(Device.Cuda(0), new Sgd(0.1f), seed: 5);
        for (int step = 0; step < 3; step++)
        {
            float expected = cpu.Step(ids, targets, Batch, Time);
            cuda.Step(ids, targets, Batch, Time);
            Assert.Equal(expected, cuda.Synchronize(), 1e-5f * expected);
        }
        Same(cpu, cuda, 2e-5);
        // Two blocks share their products' plans: GELU, its gradient, a residual, and biases with and without their gradients.
        Assert.Equal(hasEpilogues, cuda.DeviceProgram!.EpilogueCount >= 5);
        Assert.Equal(hasEpilogues, cuda.DeviceProgram!.EpilogueCount > 0);
        using GeluOnCuda.Session onHost = cpu.CreateSession(), onDevice = cuda.CreateSession();
        float[] a = new float[Batch * Time * 32], b = new float[a.Length];
        onHost.Logits(ids, a, Batch, Time);
        onDevice.Logits(ids, b, Batch, Time);
        Close([.. a.Select(x => (double)x)], b, 2e-5);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("epilogues")]
    public void Gelu_InBFloat16_IsThatOfTheProcessorWithinItsRounding(string refused)
    {
        Simulator.Configure("MCSIM_LT_REFUSE", refused);
        using var cpu = GeluInBFloat16OnCuda.CreateTrainer(Device.Cpu, new Sgd(0.1f), seed: 5);
        using var cuda = GeluInBFloat16OnCuda.CreateTrainer(Device.Cuda(0), new Sgd(0.1f), seed: 5);
        for (int step = 0; step < 3; step++)
        {
            float expected = cpu.Step(ids, targets, Batch, Time);
            cuda.Step(ids, targets, Batch, Time);
            Assert.Equal(expected, cuda.Synchronize(), 4e-3f * expected);
        }
        Same(cpu, cuda, 1e-2);
    }

    static void Same(ModelTrainer expected, ModelTrainer actual, double error)
    {
        foreach (string name in expected.Weights.Names)
            Close([.. expected.Parameter(name).ToArray().Select(x => (double)x)], actual.Parameter(name), error);
    }
}
