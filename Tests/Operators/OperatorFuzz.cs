using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Lengths, shapes and numbers that nobody chose. The written cases are run anywhere within their dims' bounds. Then come cases that are drawn
/// themselves, of <see cref="OperatorCases.Any"/>: all are compiled together; one that fails is drawn again on its own, smaller and smaller, and the
/// seed of the smallest is printed. Set MODELCOMPILER_FUZZ to a number to draw others.
/// </summary>
public sealed class OperatorFuzz
{
    const int Samples = 6;      // of lengths and numbers, for a written case
    const int Longest = 80;     // the eager reference is slow; longer axes are among the cases
    const int Drawn = 3;        // cases an operator; compiling one takes about a tenth of a second
    const int Smaller = 60;     // attempts to find a smaller case that fails

    static readonly Lazy<CompiledCases> drawn = new(() => new CompiledCases(
        CompiledCases.Operators.Select(o => (o, Enumerable.Range(0, Drawn).Select(i => o.Any.Generate(PCG.Parse(Seed(o, i)), null, out _)).ToArray())), "Any", withNeighbours: false));

    public static TheoryData<string> Names => [.. OperatorNames.All];

    [Theory, MemberData(nameof(Names))]
    public void AnyLengths_GiveTheReferenceAndItsGradient(string name)
    {
        CompiledCases all = CompiledCases.Shared;
        OperatorCases @operator = CompiledCases.Operators.Single(o => o.Name == name);
        foreach ((int i, OperatorCase @case) in all.Cases[name].Where(c => c.Dims.Count > 0).Index())
            LengthsOf(@case).Select(Gen.UInt[2, 1000]).Sample((lengths, stream) => Check(all[@case], @case.Error ?? @operator.Error, lengths, stream),
                seed: Seed(@operator, Drawn + i), iter: Samples, threads: 1);
    }

    [Theory, MemberData(nameof(Names))]
    public void AnyCase_GivesTheReferenceAndItsGradient(string name)
    {
        OperatorCases @operator = CompiledCases.Operators.Single(o => o.Name == name);
        for (int i = 0; i < Drawn; i++)
        {
            OperatorCase @case = drawn.Value.Cases[name][i];
            try
            {
                CheckAt(drawn.Value, @operator, @case);
            }
            catch (Exception)
            {
                @operator.Any.Sample(c => CheckAt(new CompiledCases([(@operator, [c])], "Any", withNeighbours: false), @operator, c),
                    seed: Seed(@operator, i), iter: Smaller, threads: 1, print: Print);
                throw;
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void EveryOperator_IsDrawnInManyShapes(string name)
    {
        OperatorCases @operator = CompiledCases.Operators.Single(o => o.Name == name);
        OperatorCase[] some = [.. Enumerable.Range(0, 40).Select(i => @operator.Any.Generate(PCG.Parse(Seed(@operator, i)), null, out _))];
        Assert.True(some.Select(Print).Distinct().Count() > 20, $"{name}.Tests.cs draws the same few cases");
        Assert.Contains(some, c => c.Dims.Count > 0);
        Assert.All(some, c => Assert.Contains(name == "Parameter" ? "member" : name == "Repeat" ? "Apply" : name, c.Expression, StringComparison.Ordinal));
    }

    static string Seed(OperatorCases @operator, int i)
    {
        uint stream = (uint)@operator.Name.Aggregate(i + 1, (hash, c) => hash * 31 + c);
        ulong state = ulong.TryParse(Environment.GetEnvironmentVariable("MODELCOMPILER_FUZZ"), out ulong chosen) ? chosen : 1;
        return new PCG(stream, state).ToString();
    }

    static string Print(OperatorCase @case) =>
        $"{@case.Expression} of {string.Join(", ", @case.Inputs.Select(i => $"{i.Name} [{i.Shape}]"))} {@case.Members}";

    /// <summary>At the smallest, the largest and some lengths between.</summary>
    static void CheckAt(CompiledCases compiled, OperatorCases @operator, OperatorCase @case)
    {
        double error = @case.Error ?? @operator.Error;
        if (@case.Dims.Count == 0)
        {
            Check(compiled[@case], error, [], 2, isDrawn: true);
            return;
        }
        foreach (int shift in (int[])[0, 1, 2])
        {
            var lengths = @case.Dims.Index().ToDictionary(d => d.Item, d => Within(@case, between[(shift + d.Index) % between.Length]));
            Check(compiled[@case], error, lengths, (uint)shift + 2, isDrawn: true);
        }
    }

    /// <summary>A length that the case's dims may have.</summary>
    static int Within(OperatorCase @case, int length) =>
        Math.Clamp(length / @case.Multiple * @case.Multiple, @case.Lengths.Min(), @case.Lengths.Max());

    static readonly int[] between = [17, 1, AnyShape.Longest];

    static Gen<Dictionary<string, int>> LengthsOf(OperatorCase @case) =>
        Gen.Int[@case.Lengths.Min() / @case.Multiple, Math.Min(Longest, @case.Lengths.Max()) / @case.Multiple].Array[@case.Dims.Count]
            .Select(lengths => @case.Dims.Zip(lengths).ToDictionary(d => d.First, d => d.Second * @case.Multiple));

    static void Check(CompiledCase compiled, double error, Dictionary<string, int> lengths, uint stream, bool isDrawn = false)
    {
        using CaseRun run = compiled.At(lengths, stream);
        Tensor expected = run.EagerPlain();
        Assert.Equal(run.Shape, expected.Shape.Dims.Select(d => (int)d));
        Assert.Equal(compiled.RecordedShape(lengths), expected.Shape.Dims.Select(d => (int)d));
        Tolerance.Within($"{run}, numbers {stream}", expected.Data, run.Plain(), error, run.Scale(expected));
        if (!compiled.Case.HasGradient) return;
        Gradients.AreEager(run);
        if (isDrawn && run.Weights.Length <= LargestProbed) Gradients.AreCentralDifferences(run, probes: 2);
    }

    const int LargestProbed = 400;
}
