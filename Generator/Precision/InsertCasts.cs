using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Precision;

/// <summary>
/// Gives every value its storage type and inserts casts between them. This version knows one floating-point type, fp32,
/// so that a graph leaves as it came; what it checks is that conditions and integers never meet arithmetic without a
/// cast. <code>
/// n1 = add(x: f32, y: f32) : f32   →   n1 = add(x, y) : f32
/// </code>
/// </summary>
static class InsertCasts
{
    public static void Run(Graph graph)
    {
        foreach (Value value in graph.Root.AllValues())
        {
            if (value.Op.Kind != PrimitiveKind.Elementwise || value.Type != ElementType.Float32) continue;
            bool casts = value.Is(Primitives.Cast) || value.Is(Primitives.Where);
            if (!casts && value.Inputs.FirstOrDefault(i => i.Type != ElementType.Float32) is { } wrong)
                throw new System.InvalidOperationException(
                    $"{value} computes with {wrong}, which is {wrong.Type}: a cast is missing.");
        }
    }
}
