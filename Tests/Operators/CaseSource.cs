using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Writes a case as a model with three entry points: the operator on its inputs, the operator between elementwise neighbours that it may be
/// fused with, and a loss whose gradient passes through it. Beside it stands a class that calls them with arrays.
/// </summary>
static class CaseSource
{
    public const ulong Seed = 7;

    public static string Of(string name, OperatorCase @case, string scale, bool withNeighbours, bool onCuda = false, string precision = "")
    {
        string targets = onCuda ? ", Targets(Target.Cpu | Target.Cuda)" : "", device = onCuda ? "Device.Cuda(0)" : "Device.Cpu.WithThreads(2)";
        string dims = string.Concat(@case.Dims.Select(d =>
            $", Dim(\"{d}\", Min = {@case.Lengths.Min()}, Max = {@case.Lengths.Max()}{(@case.Multiple > 1 ? $", Multiple = {@case.Multiple}" : "")})"));
        return $$"""
            namespace Cases;

            [Model{{dims}}{{targets}}{{(precision.Length > 0 ? $", Precision(Precision.{precision})" : "")}}]
            public sealed partial class {{name}}
            {
                {{@case.Members}}
                {{Lines(Differentiated(@case).Select(i => $"readonly Tensor {i.Name}Shift = Parameter.Zeros({string.Join(", ", Largest(@case, i))});"))}}

                public Tensor Plain({{Parameters(@case)}}) => {{@case.Expression}};

                {{(withNeighbours ? Between(@case) : "")}}
                {{(@case.HasGradient ? Loss(@case) : "")}}
            }

            public sealed class {{name}}Run : System.IDisposable
            {
                {{(@case.HasGradient
                    ? $"readonly {name}.Trainer trainer = {name}.CreateTrainer({device}, new AdamW(learningRate: 1e-3f), seed: {Seed});"
                    : $"readonly Weights weights = new({name}.Layout);")}}
                readonly {{name}}.Session session;

                public {{name}}Run()
                {
                    session = {{(@case.HasGradient ? "trainer.CreateSession()" : $"new {name}.Session(weights, {device})")}};
                    // Losses here are sums, and their gradients larger than those of means.
                    {{(precision == "Float16" && @case.HasGradient ? "trainer.LossScale = 16;" : "")}}
                }

                public void Dispose()
                {
                    session.Dispose();
                    {{(@case.HasGradient ? "trainer" : "weights")}}.Dispose();
                }

                {{Call("Plain", @case)}}

                {{(withNeighbours ? Call("Between", @case) : "")}}

                {{(@case.HasGradient ? Differentiate(@case) : "")}}

                public static Tensor Scale({{Names([.. @case.Inputs.Select(i => $"{i.Type} {i.Name}"), "Tensor y"])}}) =>
                    BroadcastTo(Abs({{scale}}), y.Shape);
            }
            """;
    }

    public static IEnumerable<CaseInput> Differentiated(OperatorCase @case) =>
        @case.HasGradient ? @case.Inputs.Where(i => !i.IsInteger && !i.IsWhole) : [];

    static string Between(OperatorCase @case) => $$"""
        public Tensor Between({{Parameters(@case)}})
            {
                Tensor result = Plain({{Names(@case.Inputs.Select(i => IsHalved(@case, i) ? $"0.5 * {i.Name}" : i.Name))}});
                return Maximum(2.0 * result, -result);
            }
        """;

    public static bool IsHalved(OperatorCase @case, CaseInput input) => @case.CanBeHalved && !input.IsInteger;

    /// <summary>The parameters start at zero, so the loss is taken at the drawn numbers and its gradient is that of the inputs.</summary>
    static string Loss(OperatorCase @case)
    {
        IEnumerable<string> shifted = @case.Inputs.Select(i => Differentiated(@case).Contains(i) ? $"{i.Name} + {Shift(i)}" : i.Name);
        string weighted = IsScalar(@case) ? "0.75 * result" : "result * weights";
        for (int axis = CaseInput.AxesOf(@case.Result).Count - 1; axis >= 0; axis--) weighted = $"Sum({weighted}, {axis})";
        string weights = IsScalar(@case) ? "" : $"[Shape({Quoted(@case.Result)})] Tensor weights";
        return $$"""

                [Loss]
                public Tensor Loss({{Names([Parameters(@case), weights])}})
                {
                    Tensor result = Plain({{Names(shifted)}});
                    return ({{weighted}}).Reshape();
                }
            """;
    }

    static string Shift(CaseInput input)
    {
        string shift = input.Name + "Shift";
        for (int axis = 0; axis < input.Axes.Count; axis++)
            if (OperatorCase.SymbolsOf(input.Axes[axis]).Any()) shift = $"Slice({shift}, {axis}, 0, {input.Name}.Length({axis}))";
        return shift;
    }

    static IEnumerable<string> Largest(OperatorCase @case, CaseInput input) =>
        OperatorCase.LengthsOf(input.Shape, @case.Dims.ToDictionary(d => d, _ => @case.Lengths.Max())).Select(l => l.ToString(CultureInfo.InvariantCulture));

    static string Call(string entry, OperatorCase @case)
    {
        string arguments = Names([.. @case.Inputs.Select(i => i.Name), IsScalar(@case) ? "" : "result", .. DimArguments(@case, @case.Inputs)]);
        string parameters = Names([.. @case.Inputs.Select(Array), "float[] result", .. @case.Dims.Select(d => $"int {d}")]);
        return $"public void {entry}({parameters}) => {(IsScalar(@case) ? "result[0] = " : "")}session.{entry}({arguments});";
    }

    static string Differentiate(OperatorCase @case)
    {
        CaseInput[] inputs = IsScalar(@case) ? [.. @case.Inputs] : [.. @case.Inputs, new("weights", @case.Result, -1, 1)];
        string parameters = Names([.. inputs.Select(Array), .. @case.Dims.Select(d => $"int {d}")]);
        string arguments = Names([.. inputs.Select(i => i.Name), .. DimArguments(@case, inputs)]);
        return $$"""
            public float Loss({{parameters}}) => trainer.ComputeGradients({{arguments}});

                public float LossAlone({{parameters}}) => session.Loss({{arguments}});

                public float[] Gradient(string parameter) => trainer.Gradient(parameter).ToArray();
            """;
    }

    static bool IsScalar(OperatorCase @case) => CaseInput.AxesOf(@case.Result).Count == 0;

    /// <summary>Dims that no span's length tells.</summary>
    static IEnumerable<string> DimArguments(OperatorCase @case, IEnumerable<CaseInput> inputs) =>
        @case.Dims.Where(d => !inputs.Any(i => !i.Shape.Contains('+') && OperatorCase.SymbolsOf(i.Shape).SequenceEqual([d]))).Select(d => $"{d}: {d}");

    static string Array(CaseInput input) => $"{(input.IsInteger ? "int" : "float")}[] {input.Name}";

    static string Parameters(OperatorCase @case) => Names(@case.Inputs.Select(i => $"[Shape({Quoted(i.Shape)})] {i.Type} {i.Name}"));

    static string Quoted(string shape) => string.Join(", ", CaseInput.AxesOf(shape).Select(a => $"\"{a}\""));

    static string Names(IEnumerable<string> parts) => string.Join(", ", parts.Where(p => p.Length > 0));

    static string Lines(IEnumerable<string> lines) => string.Join("\n    ", lines);
}
