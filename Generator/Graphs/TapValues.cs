using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;
using ModelCompiler.Diagnostics;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>
/// What [Tap] names becomes a result behind the loss and its metrics, those of loops stacked: results live until the
/// end of a step.
/// </summary>
static class TapValues
{
    /// <returns>Names of the results that were added, with a star for each stacked axis.</returns>
    public static IReadOnlyList<string> Run(Graph graph, Recorder recorder, ModelDeclaration root,
        List<ModelDiagnostic> findings)
    {
        if (root.Taps.Count == 0) return [];
        List<(string Name, Value Value)> named = [.. Named(graph.Root, [])];
        var added = new List<string>();
        foreach (MarkedPattern pattern in root.Taps)
        {
            bool matches = false;
            foreach ((string name, Value value) in named)
            {
                // Both "blocks.*.hidden" and "blocks.3.hidden" mean the stack.
                if (!Glob.Matches(pattern.Pattern, name)
                    && !StackedNames.Of(name, Stacked(value)).Any(n => Glob.Matches(pattern.Pattern, n))) continue;
                matches = true;
                if (added.Contains(name)) continue;
                Value outer = value;
                for (Region region = value.Region; region.Owner is { } loop; region = region.Parent!)
                    outer = recorder.Stack(loop, outer);
                graph.Results.Add(outer);
                added.Add(name);
            }
            if (matches) continue;
            string some = string.Join(", ", named.Select(n => n.Name).Take(6));
            ModelDiagnostic finding = new("MC0021", root.FullName, pattern.Mark, $"no value of {graph.Name} is " +
                $"called \"{pattern.Pattern}\": there are {some}" +
                $"{(named.Count > 6 ? $" and {named.Count - 6} more" : "")}");
            if (!findings.Contains(finding)) findings.Add(finding);
        }
        return added;
    }

    /// <summary>Values of one name and their names; of several, the last one: what is handed on.</summary>
    static IEnumerable<(string, Value)> Named(Region region, (string Path, string Part)[] loops)
    {
        var last = new Dictionary<string, Value>();
        var order = new List<string>();
        foreach (Value value in region.Values)
        {
            if (value.Is(Structure.Loop) && value.Loop!.Count.IsConstant)
            {
                Loop loop = value.Loop;
                (string, string) own = loop.Scopes.Count > 0 ? (loop.Scopes[0].Path, loop.Scopes[0].Part)
                    : ("", loop.Index + ".*");
                foreach ((string, Value) inner in Named(loop.Body, [.. loops, own])) yield return inner;
            }
            if (value.Type != ElementType.Float32 || value.Op.Kind is PrimitiveKind.Structure or PrimitiveKind.Source
                || value.Op.Kind == PrimitiveKind.View && !value.Is(Primitives.Reshape)
                || value.Name.Length == 0 && value.Scope.Length == 0) continue;
            string name = NameOf(value, loops);
            if (!last.ContainsKey(name)) order.Add(name);
            last[name] = value;
        }
        foreach (string name in order) yield return (name, last[name]);
    }

    static string NameOf(Value value, (string Path, string Part)[] loops)
    {
        string name = value.Scope.Length == 0 ? value.Name : value.Name.Length == 0 ? value.Scope
            : $"{value.Scope}.{value.Name}";
        // Innermost first: its path is the longest.
        for (int i = loops.Length - 1; i >= 0; i--)
        {
            (string path, string part) = loops[i];
            string plain = StackScope.Unstacked(path);
            if (name.StartsWith($"{path}.{part}", System.StringComparison.Ordinal)) continue;
            if (path.Length == 0) name = $"{part}.{name}";
            else if (name == plain) name = $"{path}.{part}";
            else if (name.StartsWith(plain + ".", System.StringComparison.Ordinal))
                name = $"{path}.{part}{name.Substring(plain.Length)}";
            else name = $"{path}.{part}.{name}";
        }
        return name;
    }

    /// <summary>The shape of a value with an axis for each loop around it in front.</summary>
    static Shape Stacked(Value value)
    {
        Shape shape = value.Shape;
        for (Region region = value.Region; region.Owner is { } loop; region = region.Parent!)
            shape = shape.Prepend(loop.Count);
        return shape;
    }
}
