using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Strides with and without elements that no kernel reaches, output padding, groups and depthwise, and dims.</summary>
public sealed class ConvTranspose2dCases() : OperatorCases(nameof(ConvTranspose2d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1, 1, 1, 1", "1, 1, 1, 1", "", "1, 1, 1, 1"),
        Of("B, 3, 5, 7", "3, 4, 3, 3", "", "B, 4, 7, 9", [1, 3]),
        Of("B, 3, 8, 8", "3, 5, 3, 3", "padding: 1", "B, 5, 8, 8", [1, 2, 5]),
        Of("2, 3, 6, 6", "3, 4, 4, 4", "stride: 2, padding: 1", "2, 4, 12, 12"),
        Of("2, 3, 4, 5", "3, 2, 3, 3", "stride: 2, padding: 1, outputPadding: 1", "2, 2, 8, 10"),
        Of("1, 3, 4, 4", "3, 2, 1, 1", "stride: 3", "1, 2, 10, 10"),
        Of("1, 3, 4, 4", "3, 2, 3, 3", "stride: 3, padding: 2, outputPadding: 2, dilation: 2", "1, 2, 12, 12"),
        Of("2, 4, 5, 5", "4, 3, 3, 3", "padding: 1, groups: 2", "2, 6, 5, 5"),
        Of("2, 6, 5, 5", "6, 1, 3, 3", "stride: 2, padding: 1, groups: 6", "2, 6, 9, 9"),
        Of("2, 6, 5, 5", "6, 1, 3, 3", "stride: 2, groups: 3", "2, 3, 11, 11"),
        Of("B, 2, H, W", "2, 3, 2, 2", "stride: 2", "B, 3, 2 * H, 2 * W", [1, 4, 9]),
    ];

    public override Gen<OperatorCase> Any => AnyConvolution.Settings.Select(s =>
    {
        int grown = s.Stride * (s.Height - 1) + s.Dilation * (s.Kernel - 1) + 1 - 2 * s.Padding;
        int wide = s.Stride * (s.Width - 1) + s.Dilation * (s.Kernel - 1) + 1 - 2 * s.Padding;
        int padding = grown < 1 || wide < 1 ? 0 : s.Padding, back = padding == s.Padding ? 0 : 2 * s.Padding;
        return Of($"B, {s.Outputs}, {s.Height}, {s.Width}", s.Weight,
            $"stride: {s.Stride}, padding: {padding}, dilation: {s.Dilation}, groups: {s.Groups}",
            $"B, {s.Channels}, {grown + back}, {wide + back}", [1, 3]);
    });

    static OperatorCase Of(string x, string weight, string settings, string y, int[]? lengths = null)
    {
        string call = settings.Length == 0 ? "" : ", " + settings;
        var made = new OperatorCase($"ConvTranspose2d(x, w{call})", y, Real("x", x), Real("w", weight))
        {
            Scale = $"ConvTranspose2d(Abs(x), Abs(w){call})",
        };
        return lengths is null ? made : made with { Lengths = lengths };
    }
}
