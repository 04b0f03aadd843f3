using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Every way an exponent is computed, and powers of tensors.</summary>
public sealed class PowCases() : OperatorCases(nameof(Pow), error: 5e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
    [
        .. new[] { "2", "3", "5", "8", "-1", "-2", "0.5", "-0.5", "1.5", "0.3", "-1.7", "9", "11.5" }.Select(e =>
            new OperatorCase($"Pow(x, {e})", "B, T", Real("x", "B, T", 0.3, 3))),
        .. new[] { "2", "3", "7", "-3", "10" }.Select(e =>
            new OperatorCase($"Pow(x, {e})", "N", Real("x", "N", -3, -0.3))),
        new("Pow(x, 0)", "N", Real("x", "N")) { HasGradient = false },
        new("Pow(x, 1)", "N", Real("x", "N")),
        .. Binary("Pow(a, b)", from: 0.2, to: 3),
        new("Pow(a, b)", "B, T", Whole("a", "B, T", -3, 0), Whole("b", "T", -4, 5)) { HasGradient = false,
            CanBeHalved = false },
        new("Pow(a, b)", "B, T", Whole("a", "B, T", -1, 3), Whole("b", "T", 0, 4)) { HasGradient = false,
            CanBeHalved = false },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.Broadcast(2), Gen.Int[-20, 20], Gen.Bool, (s, exponent, isConstant) => isConstant
            ? new OperatorCase($"Pow(x, {exponent} / 4.0)", s[1], Real("x", s[1], 0.3, 3)) { HasGradient = exponent != 0 }
            : new OperatorCase("Pow(a, b)", s[0], Real("a", s[1], 0.2, 3), Real("b", s[2])));
}
