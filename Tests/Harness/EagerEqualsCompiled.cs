using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Harness;

/// <summary>Compares generated code with the eager run of the same body, in double: the bound is 1e-5 of a tensor's largest number.</summary>
public static class EagerEqualsCompiled
{
    public const double Bound = 1e-5;

    /// <summary>Fails unless loss and all gradients agree.</summary>
    /// <param name="trainer">Compiled, with the parameters of <paramref name="seed"/>.</param>
    /// <param name="compiledLoss">What ComputeGradients returned.</param>
    /// <param name="model">Eager.</param>
    /// <param name="eagerLoss">The same inputs through the eager model.</param>
    /// <param name="seed">Of the trainer.</param>
    /// <param name="zeroBySymmetry">Parameters whose exact gradient is 0, so that only noise is left: compared absolutely.</param>
    public static void Gradients(
        ModelTrainer trainer, Func<float> compiledLoss, object model, Func<Tensor> eagerLoss, ulong seed = 7, params string[] zeroBySymmetry)
    {
        Eager.Initialize(model, seed);
        using IDisposable training = Eager.Training(seed, trainer.PassCount);
        Tensor loss = eagerLoss();
        Close("loss", loss.Data, [compiledLoss()]);
        (string Path, Tensor Tensor)[] parameters = [.. ParameterNames.Of(model).Where(p => p.Tensor.IsParameter)];
        IReadOnlyList<Tensor> gradients = Eager.Gradients(loss, parameters.Select(p => p.Tensor));
        Assert.NotEmpty(parameters);
        for (int i = 0; i < parameters.Length; i++)
        {
            double[] expected = gradients[i].Data;
            Single(trainer, parameters[i].Path, expected, zeroBySymmetry.Any(parameters[i].Path.EndsWith));
        }
    }

    static void Single(ModelTrainer trainer, string path, double[] expected, bool isZero)
    {
        float[] actual = trainer.Gradient(path).ToArray();
        if (!isZero)
        {
            Close("gradient of " + path, expected, actual);
            return;
        }
        Assert.All(actual, a => Assert.InRange(a, -1e-6, 1e-6));
    }

    /// <summary>max|Δ| against max|expected|.</summary>
    public static void Close(string what, IReadOnlyList<double> expected, IReadOnlyList<float> actual, double bound = Bound)
    {
        Assert.Equal(expected.Count, actual.Count);
        double largest = expected.Max(Math.Abs), worst = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(float.IsFinite(actual[i]), $"{what}[{i}] is {actual[i]}, expected {expected[i]}");
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
        }
        Assert.True(worst <= bound * largest, $"{what}: max|Δ| = {worst:g3} is more than {bound:g1} · {largest:g3}");
    }
}
