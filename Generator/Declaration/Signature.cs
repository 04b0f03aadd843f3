using System;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace ModelCompiler.Declaration;

/// <summary>
/// One spelling of types and methods for both worlds: the user's symbols and the generator's own compiled copy of the
/// library.
/// </summary>
static class Signature
{
    public static string Of(IMethodSymbol method) =>
        $"{method.MetadataName}({string.Join(",", method.OriginalDefinition.Parameters.Select(p => Of(p.Type)))})";

    public static string Of(MethodBase method) =>
        $"{method.Name}({string.Join(",", method.GetParameters().Select(p => Of(p.ParameterType)))})";

    public static string Of(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Of(array.ElementType) + "[]",
        ITypeParameterSymbol parameter => parameter.Name,
        INamedTypeSymbol { IsTupleType: true,
            TupleUnderlyingType: { } tuple } when !SymbolEqualityComparer.Default.Equals(tuple, type) => Of(tuple),
        INamedTypeSymbol { IsGenericType: true } named =>
            $"{Path(named)}<{string.Join(",", named.TypeArguments.Select(Of))}>",
        _ => Path(type),
    };

    static string Path(ITypeSymbol type)
    {
        string outer = type.ContainingType is { } container ? Path(container) + "+"
            : type.ContainingNamespace is { IsGlobalNamespace: false } ns ? ns.ToDisplayString() + "." : "";
        return outer + type.MetadataName;
    }

    public static string Of(Type type) => type.IsArray ? Of(type.GetElementType()!) + "[]"
        : type.IsGenericParameter ? type.Name
        : type.IsGenericType
            ? $"{type.GetGenericTypeDefinition().FullName}<{string.Join(",", type.GetGenericArguments().Select(Of))}>"
        : type.FullName!;
}
