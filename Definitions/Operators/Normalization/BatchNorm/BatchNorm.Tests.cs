using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, sequences and images, by the batch's own statistics and by given ones.</summary>
public sealed class BatchNormCases() : OperatorCases(nameof(BatchNorm), error: 5e-6, scale: "4")
{
    public override IEnumerable<OperatorCase> All =>
    [
        Own("B, 5") with { Lengths = [2, 3, 17] },
        Own("B, 20, 4"),
        Own("B, 3, 4, 6"),
        Own("4, 3, T, 6"),
        Given("B, 5"),
        Given("B, 3, T, 6"),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 2), Gen.Int[2, 20], (rest, channels) =>
            Given(AnyShape.Text([rest[0], $"{channels}", .. rest[1..]])));

    static OperatorCase Own(string shape) => new("BatchNorm(x, g, b)", shape, Real("x", shape), Real("g", Channels(shape)),
        Real("b", Channels(shape)));

    static OperatorCase Given(string shape) => new("BatchNorm(x, g, b, m, v)", shape, Real("x", shape),
        Real("g", Channels(shape)), Real("b", Channels(shape)), Real("m", Channels(shape)),
        Real("v", Channels(shape), 0.5, 2));

    static string Channels(string shape) => CaseInput.AxesOf(shape)[1];
}
