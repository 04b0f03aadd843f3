using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using ModelCompiler.Declaration;

namespace ModelCompiler.Graphs;

/// <summary>
/// The library's types and methods by the signatures that declarations hold: reflection happens once a process.
/// </summary>
static class LibraryTable
{
    const BindingFlags All =
        BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    static readonly Lazy<Dictionary<string, Type>> Types = new(() =>
    {
        var types = new Dictionary<string, Type>(StringComparer.Ordinal) { ["System.Math"] = typeof(Math) };
        foreach (Type type in typeof(Tensor).Assembly.GetTypes()
            .Where(t => t.IsPublic && t.Namespace == nameof(ModelCompiler)))
            types[Signature.Of(type)] = type;
        return types;
    });

    static readonly ConcurrentDictionary<Type, Dictionary<string, MethodBase>> Methods = new();

    /// <summary>A library type; null for any other.</summary>
    public static Type? Find(string type)
    {
        if (Types.Value.TryGetValue(type, out Type? found)) return found;
        if (type == "System.Int32") return typeof(int);
        if (type == "System.Boolean") return typeof(bool);
        if (type == "System.Double") return typeof(double);
        // Tensor<int> is found as Tensor<T>.
        int generic = type.IndexOf('<');
        if (generic < 0) return null;
        string open = type.Substring(0, generic);
        Type? definition = Types.Value.Values.FirstOrDefault(t => t.IsGenericTypeDefinition && t.FullName == open);
        Type?[] arguments = [.. type.Substring(generic + 1, type.Length - generic - 2).Split(',').Select(Find)];
        return definition is not null
            && arguments.All(a => a is not null) ? definition.MakeGenericType(arguments!) : null;
    }

    /// <summary>A method or constructor of a library type; null if there is none of that signature.</summary>
    public static MethodBase? Find(Type type, string signature)
    {
        Type open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        Dictionary<string, MethodBase> methods = Methods.GetOrAdd(open, t =>
        {
            var table = new Dictionary<string, MethodBase>(StringComparer.Ordinal);
            for (Type? level = t; level is not null && level != typeof(object); level = level.BaseType)
                foreach (MethodBase method in level.GetMethods(All).Cast<MethodBase>().Concat(level.GetConstructors()))
                {
                    string key = Signature.Of(method);
                    if (!table.ContainsKey(key)) table[key] = method;
                }
            return table;
        });
        if (!methods.TryGetValue(signature, out MethodBase? found)) return null;
        if (found is MethodInfo { IsGenericMethodDefinition: true } generic)
            return generic.MakeGenericMethod([.. generic.GetGenericArguments().Select(_ => typeof(object))]);
        if (!type.IsGenericType || !found.DeclaringType!.IsGenericTypeDefinition) return found;
        return type.GetMethods(All).First(m => m.MetadataToken == found.MetadataToken);
    }
}
