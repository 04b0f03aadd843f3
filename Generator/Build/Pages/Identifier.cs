using System;
using System.Linq;
using System.Reflection;

namespace ModelCompiler.Build.Pages;

/// <summary>Names of members as documentation files have them: <c>M:ModelCompiler.Operators.Exp(…)</c>.</summary>
/// <remarks>Source: C# language specification, annex D.4.2, format of ID strings.</remarks>
static class Identifier
{
    public static string Of(MemberInfo member) => member switch
    {
        Type type => "T:" + OfType(type),
        ConstructorInfo made => $"M:{OfType(made.DeclaringType!)}.#ctor{Parameters(made.GetParameters())}",
        MethodInfo method => $"M:{OfType(method.DeclaringType!)}.{method.Name}{Arity(method)}"
            + Parameters(method.GetParameters())
            + (method.Name is "op_Implicit" or "op_Explicit" ? "~" + Reference(method.ReturnType) : ""),
        PropertyInfo property => $"P:{OfType(property.DeclaringType!)}.{property.Name}"
            + Parameters(property.GetIndexParameters()),
        FieldInfo field => $"F:{OfType(field.DeclaringType!)}.{field.Name}",
        EventInfo happening => $"E:{OfType(happening.DeclaringType!)}.{happening.Name}",
        _ => throw new NotSupportedException($"{member.MemberType} {member.Name} has no documentation name."),
    };

    /// <summary>Without the prefix.</summary>
    public static string OfType(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    static string Arity(MethodInfo method) =>
        method.IsGenericMethod ? "``" + method.GetGenericArguments().Length : "";

    static string Parameters(ParameterInfo[] parameters) => parameters.Length == 0 ? ""
        : "(" + string.Join(",", parameters.Select(p => Reference(p.ParameterType))) + ")";

    static string Reference(Type type)
    {
        if (type.IsByRef) return Reference(type.GetElementType()!) + "@";
        if (type.IsPointer) return Reference(type.GetElementType()!) + "*";
        if (type.IsArray) return Reference(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter)
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (!type.IsGenericType) return type.FullName?.Replace('+', '.') ?? type.Name;
        string name = OfType(type);
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        string arguments = string.Join(",", type.GetGenericArguments().Select(Reference));
        return tick < 0 ? name : $"{name[..tick]}{{{arguments}}}";
    }
}
