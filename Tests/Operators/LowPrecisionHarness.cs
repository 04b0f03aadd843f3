using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Every operator in every case of its folder with activations of 16 bits, against the eager run in double: the result alone, between its
/// neighbours, and its gradient. An error is relative to the tensor's largest value: each number that is stored is off by half of its last bit.
/// </summary>
public sealed class LowPrecisionHarness
{
    /// <summary>Roundings on the way of one number, in units of the last bit that is stored: those of operands add up.</summary>
    const double Roundings = 8;

    /// <summary>Of recurrences, whose steps each round what the next one multiplies.</summary>
    const double RoundingsOfLoops = 32;

    /// <summary>Operators that choose one of several numbers: roundings of their operands may make it another one, and its gradient goes there.</summary>
    static readonly string[] Choosing = ["Maximum", "Minimum", "MaxPool1d", "MaxPool2d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "MaxPoolPick2d", "MaxPoolSpread2d"];

    static readonly Lazy<CompiledCases> BFloat16 = new(() => Compile("BFloat16")), Float16 = new(() => Compile("Float16"));

    public static TheoryData<string> Names => [.. OperatorNames.All];

    [Theory, MemberData(nameof(Names))]
    public void BFloat16_IsTheReferenceWithinItsRoundings(string name) => Check(BFloat16.Value, name, 1 / 256.0);

    [Theory, MemberData(nameof(Names))]
    public void Float16_IsTheReferenceWithinItsRoundings(string name) => Check(Float16.Value, name, 1 / 2048.0);

    static CompiledCases Compile(string precision) => new(CompiledCases.Operators.Select(o => (o, o.All.ToArray())), precision, precision: precision);

    static void Check(CompiledCases all, string name, double unit)
    {
        OperatorCases @operator = CompiledCases.Operators.Single(o => o.Name == name);
        foreach (OperatorCase @case in all.Cases[name])
        {
            CompiledCase compiled = all[@case];
            foreach (IReadOnlyDictionary<string, int> lengths in @case.AllLengths())
            {
                using CaseRun run = compiled.At(lengths);
                bool isLoop = name is "Fold" or "Scan" or "Repeat";
                double error = Math.Max((isLoop ? RoundingsOfLoops : Roundings) * unit, 2 * (@case.Error ?? @operator.Error));
                Within($"{run}", run.EagerPlain().Data, run.Plain(), error);
                if (Choosing.Contains(name)) continue;
                double[] between = Array.ConvertAll(run.EagerPlain(halved: true).Data, y => Math.Max(2 * y, -y));
                Within($"{run} between neighbours", between, run.Between(), error);
                if (@case.HasGradient) Gradients(run, error);
            }
        }
    }

    static void Gradients(CaseRun run, double error)
    {
        Tensor loss = run.EagerLoss();
        run.TrainedLoss();
        IReadOnlyList<(string Path, Tensor Tensor)> parameters = run.Parameters;
        IReadOnlyList<Tensor> expected = Eager.Gradients(loss, parameters.Select(p => p.Tensor));
        for (int p = 0; p < parameters.Count; p++)
            Within($"{run}: gradient of {parameters[p].Path}", expected[p].Data, run.Gradient(parameters[p].Path), error);
    }

    static void Within(string what, double[] expected, float[] actual, double error)
    {
        double[] scale = new double[expected.Length];
        // Where everything cancels, what is left is the rounding of what it was computed of.
        Array.Fill(scale, Math.Max(1, expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max()));
        for (int i = 0; i < expected.Length; i++)
            if (!double.IsFinite(expected[i])) (scale[i], actual[i]) = (1, actual[i].Equals((float)expected[i]) ? 0 : actual[i]);
        Tolerance.Within(what, Array.ConvertAll(expected, e => double.IsFinite(e) ? e : 0), actual, error, scale);
    }
}
