using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Every setting, more images and places than one slice, more columns than one chunk, and dims.</summary>
public sealed class Conv2dWeightGradientCases() : OperatorCases(nameof(Conv2dWeightGradient), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1, 1, 1, 1", "1, 1, 1, 1", "1", "1, 1, 1, 1"),
        Of("B, 3, 8, 8", "B, 5, 8, 8", "3, padding: 1", "5, 3, 3, 3", [1, 2, 9]),
        Of("2, 3, 24, 24", "2, 4, 24, 24", "3, padding: 1", "4, 3, 3, 3"),
        Of("1, 3, 9, 7", "1, 4, 5, 4", "3, stride: 2, padding: 1", "4, 3, 3, 3"),
        Of("2, 70, 4, 4", "2, 13, 4, 4", "3, padding: 1", "13, 70, 3, 3"),
        Of("2, 4, 6, 6", "2, 6, 6, 6", "3, padding: 2, dilation: 2, groups: 2", "6, 2, 3, 3"),
        Of("2, 3, 9, 9", "2, 6, 5, 5", "3, stride: 2, padding: 1, groups: 3", "6, 1, 3, 3"),
        Of("3, 7, 5, 5", "3, 4, 5, 5", "1", "4, 7, 1, 1"),
    ];

    public override Gen<OperatorCase> Any => AnyConvolution.Settings.Select(s =>
        Of($"B, {s.Channels}, {s.Height}, {s.Width}", $"B, {s.Outputs}, {s.OutHeight}, {s.OutWidth}",
            $"{s.Kernel}, {s.Text}", s.Weight, [1, 3]));

    static OperatorCase Of(string x, string dy, string settings, string weight, int[]? lengths = null)
    {
        var made = new OperatorCase($"Conv2dWeightGradient(x, dy, {settings})", weight, Real("x", x), Real("dy", dy))
        {
            Scale = $"Conv2dWeightGradient(Abs(x), Abs(dy), {settings})",
        };
        return lengths is null ? made : made with { Lengths = lengths };
    }
}
