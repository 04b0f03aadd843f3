using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Operators;

/// <summary>What holds for every operator in every case of its folder.</summary>
public sealed class OperatorHarness
{
    /// <summary>Elements of one parameter that central differences are taken of; all of them where there are no more.</summary>
    const int Probes = 8;

    const int LargestProbed = 1500;

    public static TheoryData<string> Names => [.. OperatorNames.All];

    [Theory, MemberData(nameof(Names))]
    public void ShapeRule_GivesTheShapeOfTheEagerResult(string name) => ForEach(name, (compiled, run, lengths, _) =>
    {
        int[] expected = [.. run.EagerPlain().Shape.Dims.Select(d => (int)d)];
        Assert.Equal(run.Shape, expected);
        Assert.Equal(expected, compiled.RecordedShape(lengths));
    });

    [Theory, MemberData(nameof(Names))]
    public void CompiledForward_IsTheReferenceWithinTheDocumentedError(string name) => ForEach(name, (_, run, _, error) =>
    {
        Tensor expected = run.EagerPlain();
        Tolerance.Within(run.ToString(), expected.Data, run.Plain(), error, run.Scale(expected));
    });

    [Theory, MemberData(nameof(Names))]
    public void FusedWithItsNeighbours_ComputesTheSame(string name) => ForEach(name, (_, run, _, error) =>
    {
        float[] alone = run.Plain(halved: true), fused = run.Between();
        // Doubling and the choice of a sign are exact, so the error is the operator's own, twice: each side may be off.
        double[] expected = Array.ConvertAll(alone, y => (double)Math.Max(2 * y, -y));
        double[] scale = Array.ConvertAll(run.Scale(run.EagerPlain(halved: true), halved: true), s => 4 * s);
        Tolerance.Within($"{run} between neighbours", expected, fused, error, scale);
    });

    [Theory, MemberData(nameof(Names))]
    public void EagerGradient_IsTheCentralDifference(string name) => ForEach(name, (compiled, run, _, _) =>
    {
        // A rule knows no sizes, and each probe evaluates everything four times.
        if (!compiled.Case.HasGradient || run.Weights.Length > LargestProbed) return;
        Gradients.AreCentralDifferences(run, Probes);
    });

    [Theory, MemberData(nameof(Names))]
    public void CompiledGradient_IsTheEagerGradient(string name) => ForEach(name, (compiled, run, _, _) =>
    {
        if (compiled.Case.HasGradient) Gradients.AreEager(run);
    });

    [Fact]
    public void Every_Case_Compiles() => Assert.All(CompiledCases.Shared.Cases.Values.SelectMany(c => c), c => Assert.NotNull(CompiledCases.Shared[c]));

    static void ForEach(string name, Action<CompiledCase, CaseRun, IReadOnlyDictionary<string, int>, double> check)
    {
        CompiledCases all = CompiledCases.Shared;
        OperatorCases @operator = CompiledCases.Operators.Single(o => o.Name == name);
        Assert.NotEmpty(all.Cases[name]);
        foreach (OperatorCase @case in all.Cases[name])
        {
            CompiledCase compiled = all[@case];
            foreach (IReadOnlyDictionary<string, int> lengths in @case.AllLengths())
            {
                using CaseRun run = compiled.At(lengths);
                check(compiled, run, lengths, @case.Error ?? @operator.Error);
            }
        }
    }
}
