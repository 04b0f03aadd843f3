using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Every initialiser: the harness differentiates with respect to each and starts both sides from one seed.
/// </summary>
public sealed class ParameterCases() : OperatorCases(nameof(Parameter), error: 1e-7, scale: "4")
{
    public override IEnumerable<OperatorCase> All =>
        new[] { "Normal(0.5, 17)", "TruncatedNormal(0.5, 17)", "Orthogonal(1.5, 17)", "Uniform(2, 17)", "Constant(0.3, 17)", "Zeros(17)",
            "Ones(17)" }.Select(initialized =>
            new OperatorCase("x + member", "N, 17",
                Real("x", "N, 17")) { Members = $"readonly Tensor member = Parameter.{initialized};" });

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.Broadcast(2),
        Gen.OneOf("Normal(0.5, ", "TruncatedNormal(0.5, ", "Orthogonal(1.5, ", "Uniform(2, ", "Constant(0.3, ", "Zeros(", "Ones("), (shapes, how) =>
        new OperatorCase("x + member", shapes[0], Real("x", shapes[0]))
        {
            Members = $"readonly Tensor member = Parameter.{how}{Lengths(shapes[2])});",
        });

    static string Lengths(string shape) =>
        AnyShape.Text(CaseInput.AxesOf(shape).Select(a => AnyShape.IsDim(a) ? "1" : a));
}
