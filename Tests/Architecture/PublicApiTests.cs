using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Architecture;

/// <summary>What others can call is a promise: a change of it shows in review.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("ModelCompiler.Definitions")]
    [InlineData("ModelCompiler.Runtime")]
    public void PublicApi_IsTheRecordedOne(string assembly) =>
        Golden.Match("Architecture", assembly, ".txt", Describe(Assembly.Load(assembly)));

    static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type)).Append('\n');
            IEnumerable<string> members = type
                .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(IsVisible).Select(m => "  " + Describe(m)).Distinct().Order(StringComparer.Ordinal);
            foreach (string member in members) text.Append(member).Append('\n');
        }
        return text.ToString();
    }

    static string Kind(Type type) => type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
        : type.IsSubclassOf(typeof(Delegate)) ? "delegate" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : "class";

    static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase m => (m.IsPublic || m.IsFamily) && (!m.IsSpecialName || m.IsConstructor || m.Name.StartsWith("op_", StringComparison.Ordinal)),
        FieldInfo f => (f.IsPublic || f.IsFamily) && !f.IsSpecialName,
        PropertyInfo p => p.GetMethod is { } get && (get.IsPublic || get.IsFamily),
        _ => false,
    };

    static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo c => $"new({Parameters(c)})",
        MethodInfo m => $"{Name(m.ReturnType)} {m.Name}({Parameters(m)})",
        FieldInfo f => $"{Name(f.FieldType)} {f.Name}",
        PropertyInfo p => $"{Name(p.PropertyType)} {p.Name} {{ get; {(p.SetMethod is { IsPublic: true } ? "set; " : "")}}}",
        _ => member.Name,
    };

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"));

    static string Name(Type type) => type.IsGenericParameter ? type.Name
        : type.IsGenericType ? $"{(type.FullName ?? type.Namespace + "." + type.Name).Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.FullName ?? type.Name;
}
