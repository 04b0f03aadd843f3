using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>One axis and two axes of places.</summary>
public sealed class InstanceNormCases() : OperatorCases(nameof(InstanceNorm), error: 5e-6, scale: "Max(Max(Abs(y), -1), 0)")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("InstanceNorm(x, gain, bias)", "B, 3, T", Real("x", "B, 3, T"), Real("gain", "3", 0.5, 1.5), Real("bias", "3"))
            { Lengths = [15, 16, 17, 33, 70] },
        new("InstanceNorm(x, gain, bias)", "B, 5, 4, 7", Real("x", "B, 5, 4, 7"), Real("gain", "5", 0.5, 1.5),
            Real("bias", "5")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(Gen.OneOf("1", "3", "B"), Gen.OneOf(1, 2, 3, 5), Gen.OneOf(15, 16, 17, 33), Gen.Bool,
            (batch, channels, places, isPlane) =>
            {
                string shape = $"{batch}, {channels}, {(isPlane ? $"3, {places}" : $"{places}")}";
                return new OperatorCase("InstanceNorm(x, gain, bias)", shape, Real("x", shape),
                    Real("gain", $"{channels}", 0.5, 1.5), Real("bias", $"{channels}"));
            });
}
