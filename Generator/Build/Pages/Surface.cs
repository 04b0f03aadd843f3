using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace ModelCompiler.Build.Pages;

/// <summary>What of a type a page shows: what others can call and what someone has written.</summary>
static class Surface
{
    public const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Every object has them.</summary>
    static readonly HashSet<string> OfObjects = ["Equals", "GetHashCode", "ToString", "Deconstruct", "PrintMembers"];

    public static IReadOnlyList<ConstructorInfo> Constructors(Type type) => type.IsValueType || IsDelegate(type) ? []
        : [.. type.GetConstructors(All).Where(c => !c.IsStatic && (c.IsPublic || c.IsFamily && !IsCopy(c)))
            .OrderBy(Identifier.Of, StringComparer.Ordinal)];

    public static IReadOnlyList<MethodInfo> Methods(Type type) => IsDelegate(type) ? []
        : [.. type.GetMethods(All).Where(m => (m.IsPublic || m.IsFamily) && !m.Name.Contains('<')
                && !OfObjects.Contains(m.Name) && !m.IsSpecialName)
            .OrderBy(Identifier.Of, StringComparer.Ordinal)];

    public static IReadOnlyList<PropertyInfo> Properties(Type type) =>
        [.. type.GetProperties(All).Where(p => p.GetMethod is { } get && (get.IsPublic || get.IsFamily)
                && p.Name != "EqualityContract")
            .OrderBy(Identifier.Of, StringComparer.Ordinal)];

    public static IReadOnlyList<FieldInfo> Fields(Type type) =>
        [.. type.GetFields(All).Where(f => f.IsPublic && !f.IsSpecialName).OrderBy(Order(type))];

    public static bool IsDelegate(Type type) => type.BaseType?.FullName == "System.MulticastDelegate";

    /// <summary>An enumeration's values are in the order in which someone wrote them.</summary>
    static Func<FieldInfo, (int, string)> Order(Type type) =>
        f => type.IsEnum ? (f.MetadataToken, "") : (0, f.Name);

    static bool IsCopy(ConstructorInfo constructor) =>
        constructor.GetParameters() is [{ } only] && only.ParameterType == constructor.DeclaringType;
}
