using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Axis lengths that are quotients of dims.</summary>
public sealed class DividedDimTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 12)]
    [InlineData(5, 24)]
    public void PatchesOfADividedDim_HaveTheEagerGradientsAndResults(int batch, int time)
    {
        float[] x = Draw.Reals(batch * time * 3);
        using var trainer = DividedDims.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 7);
        var eager = new DividedDims();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x, batch, time), eager, () => eager.Loss(new(x, batch, time, 3)));
        var smooth = new float[x.Length];
        using var session = trainer.CreateSession();
        session.Smooth(x, smooth, batch, time);
        EagerEqualsCompiled.Close("smooth", eager.Smooth(new(x, batch, time, 3)).Data, smooth);
    }

    [Fact]
    public void LengthThatIsNoMultiple_IsRefused()
    {
        using var trainer = DividedDims.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f));
        var error = Assert.ThrowsAny<System.ArgumentException>(() => trainer.ComputeGradients(new float[3 * 10 * 3], 3, 10));
        Assert.Contains("T", error.Message, System.StringComparison.Ordinal);
        Assert.Contains("4", error.Message, System.StringComparison.Ordinal);
    }
}
