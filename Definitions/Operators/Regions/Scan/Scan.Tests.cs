using System.Collections.Generic;

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
}
