using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Operators;

/// <summary>One way to call an operator: what the harness makes a model of, which it runs at several lengths of each dim.</summary>
/// <param name="Expression">C# over the inputs' names, of type Tensor.</param>
/// <param name="Result">The result's axis lengths, as in an input.</param>
/// <param name="Inputs">What the expression reads.</param>
public sealed record OperatorCase(string Expression, string Result, params IReadOnlyList<CaseInput> Inputs)
{
    /// <summary>Around the width of a vector, several vectors, and fewer and more rows than threads.</summary>
    public static readonly int[] OddLengths = [1, 15, 16, 17, 33, 70];

    /// <summary>Lengths that dims take; the second dim takes them shifted by two places, and so on.</summary>
    public IReadOnlyList<int> Lengths { get; init; } = OddLengths;

    /// <summary>What every length is a multiple of.</summary>
    public int Multiple { get; init; } = 1;

    /// <summary>Whether a gradient can be asked for: real inputs, differentiable where they lie.</summary>
    public bool HasGradient { get; init; } = true;

    /// <summary>Whether training computes something else than evaluation.</summary>
    public bool HasModes { get; init; }

    /// <summary>Whether halving the inputs leaves them what the operator needs; integers are never halved.</summary>
    public bool CanBeHalved { get; init; } = true;

    /// <summary>Members of the model that the expression reads: layers, parameters.</summary>
    public string Members { get; init; } = "";

    /// <summary>C# over the inputs and the result y: what the documented error is relative to. Null for the operator's own.</summary>
    public string? Scale { get; init; }

    /// <summary>The error enforced where it is not the operator's documented one, because the expression has other operators too.</summary>
    public double? Error { get; init; }

    /// <summary>The dims that occur, in order of name.</summary>
    public IReadOnlyList<string> Dims => [.. Inputs.SelectMany(i => i.Axes).SelectMany(SymbolsOf).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>One tuple of lengths after another; a case without dims has one, which is empty.</summary>
    public IEnumerable<IReadOnlyDictionary<string, int>> AllLengths()
    {
        for (int i = 0; i < (Dims.Count == 0 ? 1 : Lengths.Count); i++)
            yield return Dims.Index().ToDictionary(d => d.Item, d => Lengths[(i + 2 * d.Index) % Lengths.Count]);
    }

    /// <summary>The axis lengths of a shape of this case.</summary>
    public static int[] LengthsOf(string shape, IReadOnlyDictionary<string, int> lengths) =>
        [.. CaseInput.AxesOf(shape).Select(axis => Evaluate(axis, lengths))];

    /// <summary>Sums of products, as the shape attribute allows, and division.</summary>
    static int Evaluate(string axis, IReadOnlyDictionary<string, int> lengths) =>
        axis.Split('+', StringSplitOptions.TrimEntries).Sum(term => term.Split('/', StringSplitOptions.TrimEntries)
            .Select(product => product.Split('*', StringSplitOptions.TrimEntries).Aggregate(1, (p, f) => p * (int.TryParse(f, out int n) ? n : lengths[f])))
            .Aggregate((a, b) => a / b));

    public static IEnumerable<string> SymbolsOf(string axis) => axis.Where(char.IsAsciiLetterUpper).Select(c => c.ToString());

    public override string ToString() => Expression;
}
