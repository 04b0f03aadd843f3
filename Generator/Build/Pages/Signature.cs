using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

namespace ModelCompiler.Build.Pages;

/// <summary>Members and types as someone writes them in C#.</summary>
static class Signature
{
    const int LongestLine = 90;

    static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["System.Boolean"] = "bool", ["System.Byte"] = "byte", ["System.SByte"] = "sbyte", ["System.Int16"] = "short",
        ["System.UInt16"] = "ushort", ["System.Int32"] = "int", ["System.UInt32"] = "uint", ["System.Int64"] = "long",
        ["System.UInt64"] = "ulong", ["System.IntPtr"] = "nint", ["System.UIntPtr"] = "nuint",
        ["System.Single"] = "float", ["System.Double"] = "double", ["System.String"] = "string",
        ["System.Object"] = "object", ["System.Void"] = "void", ["System.Char"] = "char",
    };

    /// <summary><c>Tensor RMSNorm(Tensor x, Tensor gain, double epsilon = 1e-05)</c></summary>
    public static string Of(MethodInfo method)
    {
        string type = Named(method.ReturnParameter,
            Of(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter)));
        string generic = method.IsGenericMethod
            ? "<" + string.Join(", ", method.GetGenericArguments().Select(a => a.Name)) + ">" : "";
        return Broken($"{Modifiers(method)}{type} {method.Name}{generic}(", method.GetParameters());
    }

    /// <summary><c>new Linear(int inputs, int outputs)</c></summary>
    public static string Of(ConstructorInfo constructor) =>
        Broken($"new {Of(constructor.DeclaringType!)}(", constructor.GetParameters());

    /// <summary><c>float LearningRate { get; set; }</c></summary>
    public static string Of(PropertyInfo property)
    {
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", Parameters(index))}]";
        string set = property.SetMethod is not { IsPublic: true } writes ? ""
            : writes.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;" : " set;";
        string type = Of(property.PropertyType, new NullabilityInfoContext().Create(property));
        return $"{Modifiers(property.GetMethod!)}{type} {name} {{ get;{set} }}";
    }

    /// <summary><c>const int Limit</c></summary>
    public static string Of(FieldInfo field) =>
        $"{(field.IsLiteral ? "const " : field.IsStatic ? "static readonly " : "")}{Of(field.FieldType)} {field.Name}";

    /// <summary><c>Tensor&lt;int&gt;</c></summary>
    public static string Of(Type type, NullabilityInfo? nullability = null)
    {
        bool mayBeNull = nullability is { ReadState: NullabilityState.Nullable } && !type.IsValueType;
        return Plain(type, nullability) + (mayBeNull ? "?" : "");
    }

    /// <summary><c>public sealed class</c>, <c>enum</c>, …</summary>
    public static string Kind(Type type) => type.IsEnum ? "enum" : type.IsInterface ? "interface"
        : Surface.IsDelegate(type) ? "delegate" : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class"
        : type.GetMethod("<Clone>$") is not null ? "record" : "class";

    /// <summary>In one line, or each parameter in its own where that would be too long to read.</summary>
    static string Broken(string start, ParameterInfo[] parameters)
    {
        string line = $"{start}{string.Join(", ", Parameters(parameters))})";
        return line.Length <= LongestLine ? line
            : $"{start}\n    {string.Join(",\n    ", Parameters(parameters))})";
    }

    /// <summary>A tuple's elements with their names, which metadata keep apart from the type.</summary>
    static string Named(ParameterInfo result, string type)
    {
        CustomAttributeData? names = result.GetCustomAttributesData()
            .FirstOrDefault(a => a.AttributeType.Name == "TupleElementNamesAttribute");
        if (names is null || !type.StartsWith('(')
            || names.ConstructorArguments[0].Value is not IEnumerable<CustomAttributeTypedArgument> values) return type;
        string[] elements = type[1..^1].Split(", "), given = [.. values.Select(v => v.Value as string ?? "")];
        return elements.Length != given.Length ? type
            : $"({string.Join(", ", elements.Zip(given, (e, n) => $"{e} {n}".TrimEnd()))})";
    }

    static IEnumerable<string> Parameters(ParameterInfo[] parameters) => parameters.Select(p =>
    {
        string prefix = p.GetCustomAttributesData().Any(a => a.AttributeType.Name is "ParamArrayAttribute"
            or "ParamCollectionAttribute") ? "params " : p.IsOut ? "out " : p.IsIn && p.ParameterType.IsByRef ? "in "
            : p.ParameterType.IsByRef ? "ref " : "";
        Type type = p.ParameterType.IsByRef ? p.ParameterType.GetElementType()! : p.ParameterType;
        string value = p.HasDefaultValue ? " = " + Value(type, p.RawDefaultValue) : "";
        return $"{prefix}{Of(type, new NullabilityInfoContext().Create(p))} {p.Name}{value}";
    });

    static string Modifiers(MethodInfo method) => method.DeclaringType is { IsAbstract: true, IsSealed: true } ? ""
        : method.IsStatic ? "static " : method.IsFamily ? "protected " : "";

    static string Plain(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef) return "ref " + Of(type.GetElementType()!);
        if (type.IsPointer) return Of(type.GetElementType()!) + "*";
        if (type.IsArray) return Of(type.GetElementType()!, nullability?.ElementType) + "[]";
        if (type.IsGenericParameter) return type.Name;
        if (Keywords.TryGetValue(type.FullName ?? "", out string? keyword)) return keyword;
        string outer = type.IsNested ? Plain(type.DeclaringType!, null) + "." : "";
        if (!type.IsGenericType) return outer + type.Name;
        string name = type.Name.Split('`')[0];
        string[] arguments = [.. type.GetGenericArguments().Select((a, i) =>
            Of(a, nullability?.GenericTypeArguments.ElementAtOrDefault(i)))];
        if (name == "Nullable") return arguments[0] + "?";
        if (name == "ValueTuple") return $"({string.Join(", ", arguments)})";
        return $"{outer}{name}<{string.Join(", ", arguments)}>";
    }

    static string Value(Type type, object? value) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        bool truth => truth ? "true" : "false",
        string text => $"\"{text}\"",
        float number => number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant() + "f",
        double number => number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant(),
        _ when type.IsEnum => $"{type.Name}.{EnumName(type, value)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    static string EnumName(Type type, object value) =>
        type.GetFields().FirstOrDefault(f => f.IsLiteral && Equals(f.GetRawConstantValue(), value))?.Name
        ?? Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
