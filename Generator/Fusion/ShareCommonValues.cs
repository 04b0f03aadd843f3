using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Computes equal expressions of one region once.
/// <code>
/// n1 = exp(x)  n2 = exp(x)  n3 = add(n1, n2)   →   n1 = exp(x)  n3 = add(n1, n1)
/// </code>
/// The root's forward and backward halves are kept apart: what the backward computes again must not be kept in memory
/// for it. Reshapes of what lies in memory are nothing to compute, and kernels of both halves are to see that they read
/// the same.
/// </summary>
static class ShareCommonValues
{
    public static void Run(Graph graph)
    {
        var rewriter = new Rewriter(graph);
        foreach (Region region in graph.AllRegions())
        {
            var known = new Dictionary<string, Value>();
            for (int i = 0; i < region.Values.Count; i++)
            {
                if (region == graph.Root && i == graph.ForwardCount)
                    foreach (string computed in known.Keys.Where(k => !IsReshape(known[k])).ToList())
                        known.Remove(computed);
                Value value = region.Values[i];
                if (value.Op.Kind == PrimitiveKind.Structure && !value.Is(Structure.At)
                    && !value.Is(Structure.Pick)) continue;
                // Every loop slot gets its own zeros: shared ones would have to be copied.
                if (value.Is(Primitives.BroadcastTo) && value.Inputs[0].Op.Kind == PrimitiveKind.Source) continue;
                string key = Key(value, rewriter);
                if (known.TryGetValue(key, out Value? first)) rewriter.Replace(value, first);
                else known.Add(key, value);
            }
        }
        rewriter.Apply();
    }

    static bool IsReshape(Value value) =>
        value.Is(Primitives.Reshape)
        && value.Inputs[0].Op.Kind is PrimitiveKind.Kernel or PrimitiveKind.Structure;

    static string Key(Value value, Rewriter rewriter)
    {
        OperationAttributes a = value.Attributes;
        string number = a.Number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        string rate = a.Rate.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        return $"{value.Op.Name}({string.Join(",", value.Inputs.Select(i => rewriter.Resolve(i).Id))})" +
            $"{string.Join(",", a.Axes)};{number};{rate};{a.Start};{string.Join(",", a.Window)};{value.Shape};" +
            $"{value.Type};{value.Precision}";
    }
}
