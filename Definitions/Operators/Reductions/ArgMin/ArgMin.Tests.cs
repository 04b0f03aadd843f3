using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, columns and axes between; numbers of which many are equal.</summary>
public sealed class ArgMinCases() : OperatorCases(nameof(ArgMin))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Cast(ArgMin(x, 0))", "1", Real("x", "1")) { HasGradient = false },
        new("Cast(ArgMin(x, -1))", "B, 1", Real("x", "B, T")) { HasGradient = false },
        new("Cast(ArgMin(x, -1))", "B, 1", Whole("x", "B, T")) { HasGradient = false, CanBeHalved = false },
        new("Cast(ArgMin(x, 0))", "1, T", Whole("x", "B, T")) { HasGradient = false, CanBeHalved = false },
        new("Cast(ArgMin(x, 1))", "B, 1, 5", Whole("x", "B, T, 5")) { HasGradient = false, CanBeHalved = false },
        new("Cast(ArgMin(x, 0))", "1", Whole("x", "N", -900, 900)) { HasGradient = false, CanBeHalved = false,
            Lengths = [1, 15, 17, Many] },
        new("Gather(table, ArgMin(x, 1).Reshape(x.Length(0)))", "N, 5", Real("table", "7, 5"), Whole("x", "N, 7"))
            { CanBeHalved = false },
    ];

    public override Gen<OperatorCase> Any =>
        AnyReduction(axis => $"Cast(ArgMin(x, {axis}))").Select(c => c with { HasGradient = false });
}
