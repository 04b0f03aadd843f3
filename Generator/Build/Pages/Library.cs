using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Xml.Linq;

namespace ModelCompiler.Build.Pages;

/// <summary>The public types of some assemblies with the documentation that the compiler wrote beside them.</summary>
/// <remarks>The assemblies are read from memory, so a build can replace them meanwhile, and none of their code
/// runs.</remarks>
sealed class Library
{
    readonly Dictionary<string, XElement> documentation = new(StringComparer.Ordinal);

    Library(IReadOnlyList<Type> types) => Types = types;

    /// <summary>Public types, nested ones too, in order of their names; not those hidden from editors.</summary>
    public IReadOnlyList<Type> Types { get; }

    /// <summary>Reads assemblies and their documentation.</summary>
    /// <param name="paths">Of the assemblies; each has an .xml file of the same name beside it.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static Library Load(IReadOnlyList<string> paths)
    {
        var context = new Context([.. paths.Select(p => Path.GetDirectoryName(Path.GetFullPath(p))!).Distinct()]);
        IEnumerable<Type> types = paths
            .SelectMany(p => context.LoadFromAssemblyName(new AssemblyName(Path.GetFileNameWithoutExtension(p)))
                .GetExportedTypes())
            .Where(t => !IsHidden(t));
        var library = new Library([.. types.OrderBy(t => t.FullName, StringComparer.Ordinal)]);
        foreach (string path in paths)
        {
            string xml = Path.ChangeExtension(path, ".xml");
            if (!File.Exists(xml))
                throw new FileNotFoundException($"{path} has no documentation beside it; build it with " +
                    $"GenerateDocumentationFile, which writes {xml}.", xml);
            foreach (XElement member in XDocument.Load(xml, LoadOptions.PreserveWhitespace).Descendants("member"))
                library.documentation[(string)member.Attribute("name")!] = member;
        }
        return library;
    }

    /// <summary>What is written about a member, its base's where it says so; empty where there is nothing.</summary>
    public XElement Of(MemberInfo member)
    {
        if (documentation.GetValueOrDefault(Identifier.Of(member)) is not { } found) return new XElement("member");
        if (found.Element("inheritdoc") is not { } inherit) return found;
        if ((string?)inherit.Attribute("cref") is { } other)
            return documentation.GetValueOrDefault(other) ?? new XElement("member");
        return Inherited(member).Select(Of).FirstOrDefault(d => d.HasElements) ?? new XElement("member");
    }

    static IEnumerable<MemberInfo> Inherited(MemberInfo member)
    {
        Type owner = member.DeclaringType!;
        IEnumerable<Type> parents = owner.GetInterfaces();
        for (Type? parent = owner.BaseType; parent is not null; parent = parent.BaseType)
            parents = parents.Prepend(parent);
        string name = Identifier.Of(member)[(Identifier.OfType(owner).Length + 2)..];
        return parents.Where(p => !p.IsGenericType).SelectMany(p => p.GetMembers(Surface.All))
            .Where(m => Identifier.Of(m).EndsWith(name, StringComparison.Ordinal));
    }

    static bool IsHidden(Type type) => type.GetCustomAttributesData().Any(a =>
        a.AttributeType.Name == "EditorBrowsableAttribute" && a.ConstructorArguments is [{ Value: 1 }]);

    sealed class Context(string[] folders) : AssemblyLoadContext("pages")
    {
        protected override Assembly? Load(AssemblyName name)
        {
            string? path = folders.Select(f => Path.Combine(f, name.Name + ".dll")).FirstOrDefault(File.Exists);
            if (path is null) return null;
            return LoadFromStream(new MemoryStream(File.ReadAllBytes(path)));
        }
    }
}
