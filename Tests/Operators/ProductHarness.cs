using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Operators that multiply, in the precisions that say how products read their operands, against the eager run in double: results and
/// gradients are off by what the format rounds away, and by no less.
/// </summary>
/// <remarks>
/// A sum of products whose factors are off by at most u and v of themselves is off by at most (u + v) Σ|a b|, which numbers of both signs
/// come nowhere near: their errors add up as the numbers do, so that all errors together (the root of their squares) are to all results
/// together as the error of one product is to it. That is u + v at most; of factors in all of an octave the root of the mean square is
/// 0.41 u and 0.41 v, and together 0.3 (u + v).
/// </remarks>
public sealed class ProductHarness
{
    /// <summary>Attention has three products one after the other, and exponentials between them.</summary>
    const double RoundingsOfAttention = 4;

    /// <summary>Less than this part of the bound says that operands were not rounded at all.</summary>
    const double LeastPart = 1 / 12.0;

    public static TheoryData<string, string> Cases => ProductPrecision.NamesAndPrecisions;

    [Theory, MemberData(nameof(Cases))]
    public void ResultAndGradients_AreOffByTheRoundingOfOperands(string name, string precision)
    {
        ProductPrecision all = ProductPrecision.Of(precision);
        int gradients = 0;
        foreach (CaseRun run in all.Runs(name))
            using (run)
            {
                Rounded($"{run}", run.EagerPlain().Data, run.Plain(), name, all.Unit(name, isGradient: false));
                Tensor loss = run.EagerLoss();
                run.TrainedLoss();
                IReadOnlyList<(string Path, Tensor Tensor)> parameters = run.Parameters;
                IReadOnlyList<Tensor> expected = Eager.Gradients(loss, parameters.Select(p => p.Tensor));
                for (int p = 0; p < parameters.Count; p++, gradients++)
                    Rounded($"{run}: gradient of {parameters[p].Path}", expected[p].Data, run.Gradient(parameters[p].Path), name, all.Unit(name, isGradient: true));
            }
        Assert.True(gradients >= 2, $"{gradients} gradients");
    }

    /// <summary>What is named like a product is one.</summary>
    [Fact]
    public void EveryProductAndConvolution_IsAmongThem()
    {
        string[] products = [.. OperatorNames.All.Where(n => n.StartsWith("Conv", StringComparison.Ordinal) || n.Contains("MatMul", StringComparison.Ordinal))];
        Assert.True(products.Length >= 6);
        Assert.All(products, n => Assert.Contains(n, ProductPrecision.Names));
    }

    static void Rounded(string what, double[] expected, float[] actual, string name, double unit)
    {
        double bound = name == "Attention" ? RoundingsOfAttention * unit : unit, largest = expected.Max(Math.Abs);
        double[] scale = new double[expected.Length];
        Array.Fill(scale, largest);
        Tolerance.Within(what, expected, actual, bound, scale);
        double off = expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum(), all = expected.Sum(e => e * e), part = Math.Sqrt(off / all);
        Assert.True(part <= bound, $"{what}: off by {part:g3}, more than {bound:g3}");
        Assert.True(expected.Length == 1 || part >= unit * LeastPart, $"{what}: off by {part:g3}, where {unit:g3} is rounded away");
    }
}
