using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Transposes are views, so each combination reaches the matrix product with strides of its own.</summary>
public sealed class MatMulTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(20)]
    public void TransposedOperands_GiveTheEagerProductsAndGradients(int batch)
    {
        float[] x = Draw.Reals(batch * 6);
        using var trainer = Transposes.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 7);
        var eager = new Transposes();
        EagerEqualsCompiled.Gradients(trainer, () => trainer.ComputeGradients(x), eager, () => eager.Loss(new(x, batch, 6)));
        float[] plain = new float[batch * 18], left = new float[36], right = new float[batch * 18], both = new float[18 * batch];
        using var session = trainer.CreateSession();
        session.Products(x, plain, left, right, both);
        (Tensor expectedPlain, Tensor expectedLeft, Tensor expectedRight, Tensor expectedBoth) = eager.Products(new(x, batch, 6));
        EagerEqualsCompiled.Close("x · w", expectedPlain.Data, plain);
        EagerEqualsCompiled.Close("xᵀ · x", expectedLeft.Data, left);
        EagerEqualsCompiled.Close("x · wᵀ", expectedRight.Data, right);
        EagerEqualsCompiled.Close("wᵀ · xᵀ", expectedBoth.Data, both);
    }
}
