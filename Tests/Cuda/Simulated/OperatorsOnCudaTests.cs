using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Operators;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Cases of every operator on a device of CUDA: results and gradients against the eager ones, as for the processor, in every order of threads.</summary>
public sealed class OperatorsOnCudaTests : SimulatedTests
{
    /// <summary>Of each operator: every kernel is compiled on its own, which takes a second.</summary>
    const int Cases = 2;

    static readonly Lazy<CompiledCases> compiled = new(() => new CompiledCases(
        CompiledCases.Operators.Select(o => (o, Some([.. o.All]))), "Cuda", withNeighbours: false, onCuda: true));

    public static TheoryData<string> Names => [.. OperatorNames.All];

    [Theory, MemberData(nameof(Names))]
    public void Operator_OnCuda_HasTheEagerResultAndGradient(string name)
    {
        OperatorCases @operator = CompiledCases.Operators.Single(o => o.Name == name);
        Assert.NotEmpty(compiled.Value.Cases[name]);
        foreach (OperatorCase @case in compiled.Value.Cases[name])
            foreach (string order in Orders)
            {
                Simulator.Configure("MCSIM_ORDER", order);
                IReadOnlyDictionary<string, int> lengths = @case.AllLengths().Last();
                using CaseRun run = compiled.Value[@case].At(lengths);
                Tensor expected = run.EagerPlain();
                Tolerance.Within(run.ToString(), expected.Data, run.Plain(), Math.Max(Bound, @case.Error ?? @operator.Error), run.Scale(expected));
                if (@case.HasGradient) Gradients.AreEager(run, isExact: false);
            }
    }

    /// <summary>CUDA's functions are documented to a few units in the last place, where the processor's have one.</summary>
    const double Bound = 1e-6;

    /// <summary>The first cases, the last, and attention to operands that are not dense, which the device copies.</summary>
    static OperatorCase[] Some(OperatorCase[] all) => all.Length <= Cases ? all
        : [.. all.Take(Cases - 1), .. all[(Cases - 1)..^1].Where(c => IsStrided(c.Expression)), all[^1]];

    static bool IsStrided(string expression) =>
        expression.StartsWith("Attention(", StringComparison.Ordinal) && expression.Contains(".T", StringComparison.Ordinal);
}
