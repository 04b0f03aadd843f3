using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Kernels of one and more elements, every setting, images wider and smaller than a tile, groups and depthwise, and
/// dims.
/// </summary>
public sealed class Conv2dCases() : OperatorCases(nameof(Conv2d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1, 1, 1, 1", "1, 1, 1, 1", "", "1, 1, 1, 1"),
        Of("B, 3, 5, 7", "4, 3, 3, 3", "", "B, 4, 3, 5", [1, 3]),
        Of("B, 3, 8, 8", "5, 3, 3, 3", "padding: 1", "B, 5, 8, 8", [1, 2, 5]),
        Of("2, 2, 32, 32", "3, 2, 3, 3", "padding: 1", "2, 3, 32, 32"),
        Of("2, 2, 9, 40", "3, 2, 3, 2", "2, 1, 1, 0, 1, 2, 1", "2, 3, 5, 38"),
        Of("B, 4, 4, 4", "13, 4, 3, 3", "padding: 1", "B, 13, 4, 4", [1, 9]),
        Of("B, 6, 7, 7", "4, 6, 1, 1", "", "B, 4, 7, 7", [1, 3]),
        Of("2, 5, 8, 8", "4, 5, 1, 1", "stride: 2", "2, 4, 4, 4"),
        Of("B, 3, 11, 9", "4, 3, 3, 3", "stride: 2, padding: 1", "B, 4, 6, 5", [1, 3]),
        Of("1, 2, 13, 13", "3, 2, 3, 3", "stride: 3, padding: 2, dilation: 2", "1, 3, 5, 5"),
        Of("1, 2, 13, 13", "3, 2, 3, 3", "stride: 2, padding: 3, dilation: 4", "1, 3, 6, 6"),
        Of("2, 6, 6, 6", "4, 3, 3, 3", "padding: 1, groups: 2", "2, 4, 6, 6"),
        Of("2, 6, 6, 18", "6, 1, 3, 3", "padding: 1, groups: 6", "2, 6, 6, 18"),
        Of("2, 3, 9, 9", "6, 1, 3, 3", "stride: 2, padding: 1, groups: 3", "2, 6, 5, 5"),
        Of("1, 1, 20, 20", "2, 1, 7, 7", "padding: 3", "1, 2, 20, 20"),
        Of("1, 50, 3, 3", "14, 50, 3, 3", "padding: 1", "1, 14, 3, 3"),
        Of("1, 150, 2, 2", "150, 150, 1, 1", "", "1, 150, 2, 2"),
        Of("1, 1, 1, 700", "2, 1, 1, 5", "padding: 2", "1, 2, 5, 700"),
        Of("1, 2, 25, 25", "3, 2, 3, 3", "padding: 1", "1, 3, 25, 25"),
        Of("B, 16, 8, 8", "16, 16, 3, 3", "padding: 1", "B, 16, 8, 8", [2, 5]),
        Of("1, 19, 13, 14", "26, 19, 3, 3", "padding: 1", "1, 26, 13, 14"),
        Of("11, 17, 4, 4", "18, 17, 3, 3", "padding: 1", "11, 18, 4, 4"),
        Of("1, 16, 8, 212", "16, 16, 3, 3", "", "1, 16, 6, 210"),
        Of("2, 16, 7, 9", "49, 16, 3, 3", "padding: 2", "2, 49, 9, 11"),
        Of("B, 2, H, W", "3, 2, 3, 3", "padding: 1", "B, 3, H, W", [1, 4, 17]),
        Of("B, 2, 2 * H, 6", "3, 2, 3, 3", "stride: 2, padding: 1", "B, 3, H, 3", [1, 2, 9]),
    ];

    public override Gen<OperatorCase> Any => Gen.Select(AnyConvolution.Settings, Gen.OneOf(1, 2, 3), Gen.Bool,
        (s, batch, isDim) =>
    {
        string b = isDim ? "B" : $"{batch}";
        return Of($"{b}, {s.Channels}, {s.Height}, {s.Width}", s.Weight, s.Text,
            $"{b}, {s.Outputs}, {s.OutHeight}, {s.OutWidth}", isDim ? [1, 3] : null);
    });

    static OperatorCase Of(string x, string weight, string settings, string y, int[]? lengths = null)
    {
        string call = settings.Length == 0 ? "" : ", " + settings;
        var made = new OperatorCase($"Conv2d(x, w{call})", y, Real("x", x), Real("w", weight))
        {
            Scale = $"Conv2d(Abs(x), Abs(w){call})",
        };
        return lengths is null ? made : made with { Lengths = lengths };
    }
}
