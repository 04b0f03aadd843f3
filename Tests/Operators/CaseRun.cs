using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Operators;

/// <summary>A case at given lengths with numbers drawn: the same model run as ordinary C# and as generated code.</summary>
public sealed class CaseRun : IDisposable
{
    readonly OperatorCase @case;
    readonly IReadOnlyDictionary<string, int> lengths;
    readonly Array[] numbers;
    readonly object eager;
    readonly Type run;
    IDisposable? compiled;

    internal CaseRun(OperatorCase @case, Type model, Type run, IReadOnlyDictionary<string, int> lengths, uint stream)
    {
        (this.@case, this.run, this.lengths) = (@case, run, lengths);
        numbers = [.. @case.Inputs.Select((input, i) => input.Numbers(Count(input.Shape), stream * 16 + (uint)i))];
        Weights = Draw.Reals(Count(@case.Result), stream * 16 + 15);
        eager = Activator.CreateInstance(model)!;
        Eager.Initialize(eager, CaseSource.Seed);
    }

    /// <summary>What the loss weighs the result's elements with.</summary>
    public float[] Weights { get; }

    public int[] Shape => OperatorCase.LengthsOf(@case.Result, lengths);

    /// <summary>Paths of what the loss is differentiated with respect to.</summary>
    public IReadOnlyList<(string Path, Tensor Tensor)> Parameters => [.. ParameterNames.Of(eager).Where(p => p.Tensor.IsParameter)];

    /// <summary>Whether training computes something else than evaluation.</summary>
    public bool HasModes => @case.HasModes;

    public Tensor EagerPlain(bool halved = false)
    {
        using IDisposable evaluation = Eager.Evaluation();
        return (Tensor)Call(eager, "Plain", Tensors(halved));
    }

    /// <summary>In the mode of a trainer's first pass, or in that of a session.</summary>
    public Tensor EagerLoss(bool evaluated = false)
    {
        using IDisposable mode = evaluated ? Eager.Evaluation() : Eager.Training(CaseSource.Seed, 0);
        return (Tensor)Call(eager, "Loss", Loss(Tensors(false), new Tensor(Weights, [.. Shape.Select(l => (Dim)l)])));
    }

    /// <summary>What each element's error may be a multiple of.</summary>
    public double[] Scale(Tensor result, bool halved = false) => ((Tensor)run.GetMethod("Scale")!.Invoke(null, [.. Tensors(halved), result])!).Data;

    public float[] Plain(bool halved = false)
    {
        var result = new float[Weights.Length];
        Call(Compiled, "Plain", [.. halved ? Halved() : numbers, result, .. DimArguments]);
        return result;
    }

    public float[] Between()
    {
        var result = new float[Weights.Length];
        Call(Compiled, "Between", [.. numbers, result, .. DimArguments]);
        return result;
    }

    /// <summary>Loss by the trainer, which also computes gradients.</summary>
    public float TrainedLoss() => (float)Call(Compiled, "Loss", [.. Loss(numbers, Weights), .. DimArguments]);

    /// <summary>Loss by a session.</summary>
    public float EvaluatedLoss() => (float)Call(Compiled, "LossAlone", [.. Loss(numbers, Weights), .. DimArguments]);

    public float[] Gradient(string path) => (float[])Call(Compiled, "Gradient", path);

    public void Dispose() => compiled?.Dispose();

    public override string ToString() => string.Join(", ", [@case.Expression, .. lengths.Select(l => $"{l.Key} = {l.Value}")]);

    object Compiled => compiled ??= (IDisposable)Activator.CreateInstance(run)!;

    IEnumerable<object> DimArguments => @case.Dims.Select(d => (object)lengths[d]);

    object[] Loss(IEnumerable<object> inputs, object weights) => Shape.Length == 0 ? [.. inputs] : [.. inputs, weights];

    object[] Tensors(bool halved) => [.. (halved ? Halved() : numbers).Select((array, i) =>
    {
        Dim[] dims = [.. OperatorCase.LengthsOf(@case.Inputs[i].Shape, lengths).Select(l => (Dim)l)];
        return array is int[] integers ? (object)new Tensor<int>(integers, dims) : new Tensor((float[])array, dims);
    })];

    Array[] Halved() =>
        [.. numbers.Select((array, i) => CaseSource.IsHalved(@case, @case.Inputs[i]) ? Array.ConvertAll((float[])array, x => x / 2) : array)];

    int Count(string shape) => OperatorCase.LengthsOf(shape, lengths).Aggregate(1, (a, b) => a * b);

    static object Call(object target, string method, params object[] arguments) =>
        target.GetType().GetMethod(method)!.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
