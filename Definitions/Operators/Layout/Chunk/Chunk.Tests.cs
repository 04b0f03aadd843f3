using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Halves and more parts along each axis.</summary>
public sealed class ChunkCases() : OperatorCases(nameof(Chunk))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Chunk(x, 2)[1]", "N, 17", Real("x", "N, 34")),
        new("Chunk(x, 4)[0] * Chunk(x, 4)[3]", "B, T, 5", Real("x", "B, T, 20")),
        new("Chunk(x, 3, 0)[2]", "2, T", Real("x", "6, T")),
        new("Chunk(x, 1, 0)[0]", "N", Real("x", "N")),
        new("Sum(Chunk(x, 4, 0)[1], 0)", "1, 5", Real("x", "N, 5")) { Lengths = [4, 16, 20, 72], Multiple = 4,
            Error = 1e-5, Scale = "1" },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 3), Gen.OneOf(1, 2, 3, 5, 16), AnyShape.Length, Gen.Int[0, 99], (outer, count, part, k) =>
            new OperatorCase($"Chunk(x, {count})[{k % count}]", $"{AnyShape.Text(outer)}, {part}",
                Real("x", $"{AnyShape.Text(outer)}, {count * part}")));
}
