using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace ModelCompiler.IR;

/// <summary>Every word of the vocabulary by its name in the text form.</summary>
static class PrimitiveTable
{
    static readonly Lazy<Dictionary<string, Primitive>> ByName = new(() =>
        new[] { typeof(Primitives), typeof(Structure) }
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Where(f => f.FieldType == typeof(Primitive))
            .Select(f => (Primitive)f.GetValue(null)!)
            .ToDictionary(p => p.Name, StringComparer.Ordinal));

    public static IEnumerable<Primitive> All => ByName.Value.Values.OrderBy(p => p.Name, StringComparer.Ordinal);

    /// <summary>Null if there is no such word.</summary>
    public static Primitive? Find(string name) => ByName.Value.TryGetValue(name, out Primitive? found) ? found : null;
}
