using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>
/// Tells which layer a kernel computes: the one whose parameter it reads, or whose gradient it writes; of the others
/// the one whose field path its name starts with.
/// </summary>
sealed class LayersOfKernels
{
    readonly MemoryPlan plan;
    readonly Dictionary<string, string> pathsByBuffer = new(StringComparer.Ordinal);
    readonly List<(string Words, string Path)> paths;

    public LayersOfKernels(MemoryPlan plan)
    {
        this.plan = plan;
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (KeyValuePair<Value, Memory.Buffer> parameter in plan.Parameters)
        {
            // Without the places of stacked layers, and without the parameter's own name.
            string[] parts = [.. parameter.Key.Name.Split('.')
                .Where(part => !part.EndsWith("*", StringComparison.Ordinal))];
            string path = string.Join(".", parts.Take(parts.Length - 1));
            pathsByBuffer[parameter.Value.Name] = path;
            for (int i = 1; i < parts.Length; i++) known.Add(string.Join(".", parts.Take(i)));
        }
        paths = [.. known.Select(path => (Identifiers.Pascal(path), path)).OrderByDescending(p => p.Item1.Length)
            .ThenBy(p => p.path, StringComparer.Ordinal)];
    }

    /// <param name="kernel">Of the plan's graph.</param>
    /// <param name="values">What it computes, in order.</param>
    /// <param name="name">As in generated code; that of a gradient starts with a D.</param>
    /// <returns>A field path; empty for the model's own body.</returns>
    public string Of(Kernel kernel, IEnumerable<Value> values, string name)
    {
        foreach (Value value in kernel.Outputs.Concat(values.SelectMany(v => v.Inputs)))
            if (plan.BufferOf(value) is { Kind: BufferKind.Parameter or BufferKind.Gradient } buffer
                && pathsByBuffer.TryGetValue(buffer.Name, out string? path)) return path;
        return Named(name) ?? (name.StartsWith("D", StringComparison.Ordinal) ? Named(name.Substring(1)) : null) ?? "";
    }

    string? Named(string name) => paths.FirstOrDefault(p => name.StartsWith(p.Words, StringComparison.Ordinal)
        && (name.Length == p.Words.Length || !char.IsLower(name[p.Words.Length]))).Path;
}
