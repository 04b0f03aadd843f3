using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

namespace ModelCompiler;

/// <summary>Walks an object's fields in order of declaration and names every tensor in it by its path.</summary>
public static class ParameterNames
{
    /// <summary>
    /// The tensors an object holds, each once, with paths such as <c>blocks.3.attention.query.weight</c>.
    /// </summary>
    /// <param name="owner">A model or layer.</param>
    /// <param name="path">What every path starts with; empty for a root.</param>
    /// <param name="indexOf">
    /// What a path has for an array's element; its index if null. One layer may stand for many: "*".
    /// </param>
    public static IEnumerable<(string Path, Tensor Tensor)> Of(object owner, string path = "",
        Func<Array, int, string>? indexOf = null)
    {
        if (owner is State state) return [(path, state.Stored)];
        var seen = new HashSet<Tensor>();
        return Walk(owner, path, indexOf ?? ((_, i) => i.ToString(CultureInfo.InvariantCulture)))
            .Where(found => seen.Add(found.Item2));
    }

    static IEnumerable<(string, Tensor)> Walk(object owner, string path, Func<Array, int, string> indexOf)
    {
        foreach (FieldInfo field in Fields(owner.GetType()))
        {
            string full = path.Length == 0 ? Leaf(field.Name) : path + "." + Leaf(field.Name);
            foreach (var found in Value(field.GetValue(owner), full, indexOf)) yield return found;
        }
    }

    static IEnumerable<(string, Tensor)> Value(object? value, string path, Func<Array, int, string> indexOf)
    {
        switch (value)
        {
            case Tensor tensor:
                yield return (path, tensor);
                break;
            case State state:
                yield return (path, state.Stored);
                break;
            case Array array when !array.GetType().GetElementType()!.IsValueType
                && array.GetType().GetElementType() != typeof(string):
                for (int i = 0; i < array.Length; i++)
                    foreach (var found in Value(array.GetValue(i), $"{path}.{indexOf(array, i)}", indexOf))
                        yield return found;
                break;
            case { } child when child.GetType() is { IsClass: true } type
                && child is not (string or Delegate or Array or Shape or TensorBase):
                foreach (var found in Walk(child, path, indexOf)) yield return found;
                break;
        }
    }

    /// <summary>An object's fields in order of declaration, those of base classes first.</summary>
    internal static IEnumerable<FieldInfo> Fields(Type type)
    {
        IEnumerable<FieldInfo> own = type
            .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .OrderBy(f => f.MetadataToken);
        return type.BaseType is { } parent && parent != typeof(object) ? Fields(parent).Concat(own) : own;
    }

    /// <summary>
    /// "&lt;Weight&gt;k__BackingField" is "weight"; a captured constructor parameter "&lt;gain&gt;P" is "gain".
    /// </summary>
    static string Leaf(string field)
    {
        string name = field.StartsWith("<", StringComparison.Ordinal) ? field.Substring(1, field.IndexOf('>') - 1)
            : field;
        return char.ToLowerInvariant(name[0]) + name.Substring(1);
    }
}
