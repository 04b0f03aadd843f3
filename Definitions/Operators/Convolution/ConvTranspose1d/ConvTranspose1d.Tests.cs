using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Strides, output padding and groups, and dims.</summary>
public sealed class ConvTranspose1dCases() : OperatorCases(nameof(ConvTranspose1d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1, 1, 1", "1, 1, 1", "", "1, 1, 1"),
        Of("B, 3, T", "3, 4, 3", "padding: 1", "B, 4, T"),
        Of("B, 3, T", "3, 4, 2", "stride: 2", "B, 4, 2 * T"),
        Of("2, 4, 7", "4, 3, 5", "stride: 3, padding: 2, outputPadding: 2, dilation: 2, groups: 2", "2, 6, 25"),
    ];

    public override Gen<OperatorCase> Any => AnyConvolution.Settings.Select(s =>
        Of($"B, {s.Outputs}, {s.Width}", $"{s.Outputs}, {s.Channels / s.Groups}, {s.Kernel}",
            $"stride: {s.Stride}, dilation: {s.Dilation}, groups: {s.Groups}",
            $"B, {s.Channels}, {s.Stride * (s.Width - 1) + s.Dilation * (s.Kernel - 1) + 1}")
            with { Lengths = [1, 3] });

    static OperatorCase Of(string x, string weight, string settings, string y)
    {
        string call = settings.Length == 0 ? "" : ", " + settings;
        return new($"ConvTranspose1d(x, w{call})", y, Real("x", x), Real("w", weight))
        {
            Scale = $"ConvTranspose1d(Abs(x), Abs(w){call})",
        };
    }
}
