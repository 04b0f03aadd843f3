using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Operators;

/// <summary>The compiled gradients of a case's loss against the eager tape's.</summary>
static class Gradients
{
    /// <summary>A gradient below this is zero by symmetry (a row of one element under a softmax): only noise is left to compare.</summary>
    const double Zero = 1e-9;

    /// <summary>
    /// Below this, errors are compared absolutely: in the tail of a saturated function 1 - tanh² is a difference of numbers that fp32 has
    /// rounded at 1.
    /// </summary>
    const double Small = 1e-2;

    public static void AreEager(CaseRun run)
    {
        Tensor loss = run.EagerLoss(), result = run.EagerPlain();
        float trained = run.TrainedLoss();
        double terms = run.Shape.Length == 0 ? Math.Abs(result.Data[0]) : result.Data.Zip(run.Weights, (y, w) => Math.Abs(y * w)).Sum();
        Tolerance.Within($"{run}: loss", loss.Data, [trained], EagerEqualsCompiled.Bound, [Math.Max(Small, terms)]);
        Assert.Equal(trained, run.EvaluatedLoss());
        IReadOnlyList<(string Path, Tensor Tensor)> parameters = run.Parameters;
        Assert.NotEmpty(parameters);
        IReadOnlyList<Tensor> expected = Eager.Gradients(loss, parameters.Select(p => p.Tensor));
        for (int p = 0; p < parameters.Count; p++)
        {
            string what = $"{run}: gradient of {parameters[p].Path}";
            float[] actual = run.Gradient(parameters[p].Path);
            if (expected[p].Data.Max(Math.Abs) < Zero) Assert.All(actual, a => Assert.InRange(a, -1e-6, 1e-6));
            else
            {
                double[] scale = new double[actual.Length];
                Array.Fill(scale, Math.Max(Small, expected[p].Data.Max(Math.Abs)));
                Tolerance.Within(what, expected[p].Data, actual, EagerEqualsCompiled.Bound, scale);
            }
        }
    }
}
