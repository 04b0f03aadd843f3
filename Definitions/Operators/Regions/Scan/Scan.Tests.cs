using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>One state and two, the last state and all of them, over short and long sequences.</summary>
public sealed class ScanCases() : OperatorCases(nameof(Scan), error: 1e-5, scale: "Max(Max(Abs(y), -1), 0)")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Scan(x, start, (item, state) => Tanh(item + 0.5 * state)).All", "N, 5", Real("x", "N, 5"),
            Real("start", "5")),
        new("Scan(x, start, (item, state) => Tanh(item + 0.5 * state)).Last", "B, 5", Real("x", "T, B, 5"),
            Real("start", "B, 5")),
        new("Scan(x, start, (item, state) => Tanh(MatMul(state, weight) + item)).All", "T, B, 5",
            Real("x", "T, B, 5"), Real("start", "B, 5"),
                Real("weight", "5, 5", -0.5, 0.5)) { Scale = "Max(Max(Max(Abs(y), -1), -2), -3)" },
        new("Scan(x, [first, second], (item, states) => [Tanh(item + states[1]), 0.5 * states[0] - item]).All[1]",
            "N, 6",
            Real("x", "N, 6"), Real("first", "6"), Real("second", "6")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(Gen.OneOf("1", "2", "7", "T"), Gen.OneOf("1", "3", "B"), Gen.OneOf(1, 3, 15, 16, 17), Gen.Int[0, 3],
        Gen.Bool, (time, batch, width, form, isMoved) =>
    {
        string all = isMoved ? $"{batch}, {time}, {width}" : $"{time}, {batch}, {width}", sequence = isMoved
            ? "Permute(x, 1, 0, 2)" : "x";
        string step = form switch
        {
            0 => $"Scan({sequence}, start, (item, state) => Tanh(item + 0.5 * state)).All",
            1 => $"Scan({sequence}, start, (item, state) => Tanh(MatMul(state, weight) + item)).All",
            2 => $"Scan({sequence}, [start, 0.5 * start], (item, s) => [Tanh(item + s[1]), 0.5 * s[0] - item]).All[1]",
            _ => $"Scan(Scan({sequence}, start, (item, state) => item - 0.5 * state).All, start, (item, state) => " +
                "Tanh(item * state)).All",
        };
        return new OperatorCase($"{step} + MatMul(start, weight)", $"{time}, {batch}, {width}",
            Real("x", all), Real("start", $"{batch}, {width}"),
                Real("weight", $"{width}, {width}", -0.3, 0.3)) { Scale = "Max(Max(Max(Abs(y), -1), -2), -3)" };
    });
}
