using System;
using System.Collections.Generic;

namespace ModelCompiler.Build.Pages;

/// <summary>A part of the reference: a folder of pages and its index.</summary>
/// <param name="Folder">Below <c>reference/</c>.</param>
/// <param name="Title">Of the index.</param>
/// <param name="Introduction">Below the title, as Markdown.</param>
/// <param name="Types">Whose pages it has, by name.</param>
sealed record Section(string Folder, string Title, string Introduction, IReadOnlyList<Type> Types)
{
    /// <summary>Path of the index.</summary>
    public string Index => $"reference/{Folder}/index.md";

    /// <summary>Path of a type's page.</summary>
    public string PageOf(Type type) => $"reference/{Folder}/{NameOf(type)}.md";

    /// <summary>A type's name as a file's: <c>Tensor-T</c> for <c>Tensor&lt;T&gt;</c>; attributes without their
    /// ending.</summary>
    public static string NameOf(Type type)
    {
        string name = TitleOf(type).Replace("<", "-", StringComparison.Ordinal)
            .Replace(">", "", StringComparison.Ordinal).Replace(", ", "-", StringComparison.Ordinal);
        return IsAttribute(type) ? name.Trim('[', ']') : name;
    }

    /// <summary>A type's name as a heading: <c>Tensor&lt;T&gt;</c>, <c>[Shape]</c>.</summary>
    public static string TitleOf(Type type)
    {
        string name = Signature.Of(type);
        return IsAttribute(type) ? $"[{name[..^"Attribute".Length]}]" : name;
    }

    static bool IsAttribute(Type type) => type.BaseType?.FullName == "System.Attribute";
}
