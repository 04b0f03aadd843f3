using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Channels alone, and with one and two axes of places; one group, several, and one a channel.</summary>
public sealed class GroupNormCases() : OperatorCases(nameof(GroupNorm), error: 5e-6, scale: "Max(Max(Abs(y), -1), 0)")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("GroupNorm(x, 2, gain, bias)", "B, 34", Real("x", "B, 34"), Real("gain", "34", 0.5, 1.5), Real("bias", "34")),
        new("GroupNorm(x, 1, gain, bias)", "B, 3, T", Real("x", "B, 3, T"), Real("gain", "3", 0.5, 1.5), Real("bias", "3"))
            { Lengths = [15, 16, 17, 33, 70] },
        new("GroupNorm(x, 3, gain, bias)", "B, 6, 5, 7", Real("x", "B, 6, 5, 7"), Real("gain", "6", 0.5, 1.5),
            Real("bias", "6")),
        new("GroupNorm(x, 4, gain, bias, 0.1)", "3, 4, 9", Real("x", "3, 4, 9"), Real("gain", "4"), Real("bias", "4")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(Gen.OneOf("1", "3", "B"), Gen.OneOf(1, 2, 4), Gen.OneOf(1, 2, 3), Gen.OneOf(15, 16, 17, 33), Gen.Bool,
            (batch, groups, each, places, isPlane) =>
            {
                string shape = $"{batch}, {groups * each}, {(isPlane ? $"3, {places}" : $"{places}")}";
                return new OperatorCase($"GroupNorm(x, {groups}, gain, bias)", shape, Real("x", shape),
                    Real("gain", $"{groups * each}", 0.5, 1.5), Real("bias", $"{groups * each}"));
            });
}
