using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Short and long sequences, every setting, and dims.</summary>
public sealed class Conv1dCases() : OperatorCases(nameof(Conv1d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1, 1, 1", "1, 1, 1", "", "1, 1, 1"),
        Of("B, 3, T", "4, 3, 3", "padding: 1", "B, 4, T"),
        Of("B, 3, 2 * T", "4, 3, 2", "stride: 2", "B, 4, T"),
        Of("2, 4, 19", "6, 2, 5", "stride: 3, padding: 2, dilation: 2, groups: 2", "2, 6, 5"),
        Of("2, 4, 33", "4, 1, 4", "padding: 3, groups: 4", "2, 4, 36"),
        Of("1, 2, 1100", "3, 2, 3", "padding: 1", "1, 3, 1100"),
    ];

    public override Gen<OperatorCase> Any => AnyConvolution.Settings.Select(s =>
        Of($"B, {s.Channels}, {s.Width}", $"{s.Outputs}, {s.Channels / s.Groups}, {s.Kernel}", s.Text,
            $"B, {s.Outputs}, {s.OutWidth}") with { Lengths = [1, 3] });

    static OperatorCase Of(string x, string weight, string settings, string y)
    {
        string call = settings.Length == 0 ? "" : ", " + settings;
        return new($"Conv1d(x, w{call})", y, Real("x", x), Real("w", weight))
        {
            Scale = $"Conv1d(Abs(x), Abs(w){call})",
        };
    }
}
