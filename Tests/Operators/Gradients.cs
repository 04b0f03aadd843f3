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
    /// rounded at 1, so up to 6e-8 · |x| of it is lost, with |x| up to 6 where GELU saturates.
    /// </summary>
    const double Small = 0.1;

    /// <param name="run">A case.</param>
    /// <param name="isExact">Whether the session's loss has the trainer's bits: where no library chooses algorithms by time.</param>
    public static void AreEager(CaseRun run, bool isExact = true)
    {
        Tensor loss = run.EagerLoss(), result = run.EagerPlain();
        float trained = run.TrainedLoss();
        double terms = run.Shape.Length == 0 ? Math.Abs(result.Data[0]) : result.Data.Zip(run.Weights, (y, w) => Math.Abs(y * w)).Sum();
        Tolerance.Within($"{run}: loss", loss.Data, [trained], EagerEqualsCompiled.Bound, [Math.Max(Small, terms)]);
        if (run.HasModes)
            Tolerance.Within($"{run}: loss in evaluation", run.EagerLoss(evaluated: true).Data, [run.EvaluatedLoss()], EagerEqualsCompiled.Bound, [Math.Max(Small, terms)]);
        else if (isExact) Assert.Equal(trained, run.EvaluatedLoss());
        else Tolerance.Within($"{run}: loss in evaluation", loss.Data, [run.EvaluatedLoss()], EagerEqualsCompiled.Bound, [Math.Max(Small, terms)]);
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

    /// <summary>The eager tape's gradients against differences of the eager loss, in double.</summary>
    /// <param name="run">A case.</param>
    /// <param name="probes">Elements of one parameter that differences are taken of; all of them where there are no more.</param>
    public static void AreCentralDifferences(CaseRun run, int probes)
    {
        IReadOnlyList<(string Path, Tensor Tensor)> parameters = run.Parameters;
        IReadOnlyList<Tensor> gradients = Eager.Gradients(run.EagerLoss(), parameters.Select(p => p.Tensor));
        for (int p = 0; p < parameters.Count; p++)
        {
            double[] x = parameters[p].Tensor.Data, gradient = gradients[p].Data;
            double largest = gradient.Max(Math.Abs);
            int stride = Math.Max(1, gradient.Length / probes);
            for (int i = 0; i < gradient.Length; i += stride)
            {
                double difference = CentralDifference(run, x, i);
                Assert.True(Math.Abs(difference - gradient[i]) <= 1e-6 * Math.Max(largest, 1e-3),
                    $"{run}: gradient of {parameters[p].Path}[{i}] is {gradient[i]:r}, the central difference {difference:r}");
            }
        }
    }

    /// <summary>Five points, close together lest one falls beyond a kink: the error falls with the fourth power of the distance.</summary>
    static double CentralDifference(CaseRun run, double[] x, int i)
    {
        double at = x[i], h = 2e-4;
        double Loss(double shift)
        {
            x[i] = at + shift;
            return run.EagerLoss().Data[0];
        }
        double difference = (8 * (Loss(h) - Loss(-h)) - (Loss(2 * h) - Loss(-2 * h))) / (12 * h);
        x[i] = at;
        return difference;
    }
}
