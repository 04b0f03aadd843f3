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

    public static void AreEager(CaseRun run)
    {
        Tensor loss = run.EagerLoss();
        float trained = run.TrainedLoss();
        Assert.Equal(trained, run.EvaluatedLoss());
        IReadOnlyList<(string Path, Tensor Tensor)> parameters = run.Parameters;
        Assert.NotEmpty(parameters);
        IReadOnlyList<Tensor> expected = Eager.Gradients(loss, parameters.Select(p => p.Tensor));
        for (int p = 0; p < parameters.Count; p++)
        {
            string what = $"{run}: gradient of {parameters[p].Path}";
            float[] actual = run.Gradient(parameters[p].Path);
            if (expected[p].Data.Max(Math.Abs) < Zero) Assert.All(actual, a => Assert.InRange(a, -1e-6, 1e-6));
            else EagerEqualsCompiled.Close(what, expected[p].Data, actual);
        }
    }
}
