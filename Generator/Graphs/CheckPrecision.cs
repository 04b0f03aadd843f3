using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;
using ModelCompiler.Diagnostics;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>
/// Finds fields whose [Precision] changes nothing: what it says is about products, and what they hold has none. Sums
/// and statistics are fp32 whatever a field says, so there is nothing to warn of there.
/// </summary>
static class CheckPrecision
{
    /// <param name="fields">Fields that say [Precision].</param>
    /// <param name="graphs">Every entry point's.</param>
    public static IEnumerable<ModelDiagnostic> Run(
        IReadOnlyList<(string Path, PrecisionLevel Level, ModelDeclaration Declaration, int Node)> fields,
        IReadOnlyList<Graph> graphs)
    {
        foreach ((string path, PrecisionLevel level, ModelDeclaration declaration, int node) in fields)
        {
            if (level is not (PrecisionLevel.TensorFloat32 or PrecisionLevel.Float8)) continue;
            string scope = StackScope.Unstacked(path);
            bool HasProduct(Value value) => (value.Scope == scope
                    || value.Scope.StartsWith(scope + ".", StringComparison.Ordinal))
                && (value.Is(Primitives.MatMul)
                    || level == PrecisionLevel.TensorFloat32 && value.Op.Facet.ProductInputs(value).Count > 0);
            if (graphs.Any(g => g.Root.AllValues().Any(HasProduct))) continue;
            string why = level == PrecisionLevel.Float8
                ? "no matrix product is in it, so all of it is stored as in BFloat16: say Precision.BFloat16"
                : "no product is in it, so all of it stays in fp32: remove it";
            yield return new("MC0024", declaration.FullName, node,
                $"{path} says [Precision(Precision.{level})], but {why}, or put it on a field that holds products");
        }
    }
}
