using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Lengths and numbers that nobody chose: every dim of every case anywhere within its bounds.</summary>
public sealed class OperatorFuzz
{
    const int Samples = 6;      // a case
    const int Longest = 80;     // the eager reference is slow; longer axes are among the cases

    public static TheoryData<string> Names => [.. OperatorNames.All];

    [Theory, MemberData(nameof(Names))]
    public void AnyLengths_GiveTheReferenceAndItsGradient(string name)
    {
        CompiledCases all = CompiledCases.Shared;
        OperatorCases @operator = all.Operators.Single(o => o.Name == name);
        foreach (OperatorCase @case in all.Cases[name].Where(c => c.Dims.Count > 0))
            LengthsOf(@case).Select(Gen.UInt[2, 1000]).Sample((lengths, stream) => Check(all[@case], @case.Error ?? @operator.Error, lengths, stream),
                iter: Samples, threads: 1);
    }

    static Gen<Dictionary<string, int>> LengthsOf(OperatorCase @case) =>
        Gen.Int[@case.Lengths.Min() / @case.Multiple, Math.Min(Longest, @case.Lengths.Max()) / @case.Multiple].Array[@case.Dims.Count]
            .Select(lengths => @case.Dims.Zip(lengths).ToDictionary(d => d.First, d => d.Second * @case.Multiple));

    static void Check(CompiledCase compiled, double error, Dictionary<string, int> lengths, uint stream)
    {
        using CaseRun run = compiled.At(lengths, stream);
        Tensor expected = run.EagerPlain();
        Assert.Equal(compiled.RecordedShape(lengths), expected.Shape.Dims.Select(d => (int)d));
        Tolerance.Within($"{run}, numbers {stream}", expected.Data, run.Plain(), error, run.Scale(expected));
        if (compiled.Case.HasGradient) Gradients.AreEager(run);
    }
}
