using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>New leading axes, axes of length 1, and both.</summary>
public sealed class BroadcastToCases() : OperatorCases(nameof(BroadcastTo))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("BroadcastTo(x, new Shape(5, 17))", "5, 17", Real("x", "17")),
        new("BroadcastTo(x, new Shape(x.Length(0), 33))", "N, 33", Real("x", "N, 1")),
        new("BroadcastTo(x, new Shape(3, x.Length(0), other.Length(0)))", "3, B, T", Real("x", "B, 1"),
            Real("other", "T")),
        new("BroadcastTo(x, x.Shape)", "B, T", Real("x", "B, T")),
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.Broadcast(2)
        .Select(shapes => new OperatorCase("BroadcastTo(x, other.Shape) * other", shapes[0], Real("x", shapes[1]),
        Real("other", shapes[0])));
}
