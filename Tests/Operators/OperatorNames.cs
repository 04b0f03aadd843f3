using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace ModelCompiler.Tests.Operators;

/// <summary>Every word of the language: the public methods of Operators, the primitives, and parameters.</summary>
static class OperatorNames
{
    public static IReadOnlyList<string> All { get; } =
    [
        .. typeof(ModelCompiler.Operators).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName).Select(m => m.Name)
            .Concat(Primitives.Select(p => p.Field)).Append(nameof(Parameter)).Distinct().Order(StringComparer.Ordinal),
    ];

    public static IEnumerable<(string Field, Primitive Primitive)> Primitives => typeof(ModelCompiler.Primitives)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.FieldType == typeof(Primitive)).Select(f => (f.Name, (Primitive)f.GetValue(null)!));
}
