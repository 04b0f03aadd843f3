using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.Declaration;

/// <summary>Where the user's names meet those of generated code.</summary>
sealed partial class ReadDeclaration
{
    /// <summary>What users call cannot be renamed for one of them: the member has to be.</summary>
    void CheckMembers(List<MethodDeclaration> methods, DimDeclaration[] dims)
    {
        MethodDeclaration[] entries = [.. methods.Where(m => m.IsEntry)];
        if (entries.Length == 0) return;
        bool hasLoss = entries.Any(m => m.IsLoss);
        foreach (string name in GeneratedNames.Public.Where(n => hasLoss || n is not ("CreateTrainer" or "Trainer")))
        {
            // An entry point of that name has been told so: MC0015.
            if (entries.Any(e => e.Name == name)) continue;
            if (Written(type.GetMembers(name).Where(m => !IsExtension(m))) is { } member
                && member.Locations[0] is { SourceTree: { } tree } place)
                mistakes.Add(new("MC0016", Mark(tree, place.SourceSpan),
                    $"{type.Name}.{name} has the name of a member that generated code adds to {type.Name}: give this " +
                        "one another name"));
            else if (type.Name == name
                && type.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is TypeDeclarationSyntax syntax)
                mistakes.Add(new("MC0016", Mark(syntax.Identifier),
                    $"{name} has the name of a member that generated code adds to the class, and C# allows no member " +
                        "with the name of its class: give the class another name"));
        }
        foreach (MethodDeclaration entry in entries)
            foreach (ParameterDeclaration parameter in entry.Parameters)
                if (GeneratedNames.Inherited.Contains(parameter.Name))
                    mistakes.Add(new("MC0016", parameter.Mark,
                        $"{parameter.Name} is what trainers and sessions call a member of their own, which this " +
                            $"parameter of {entry.Name} would hide: give it another name"));
                else if (dims.Any(d => d.Name == parameter.Name))
                    mistakes.Add(new("MC0016", parameter.Mark,
                        $"{parameter.Name} is the name of a dim of {type.Name}, and both become parameters of " +
                            $"{entry.Name}: give one of them another name"));
        foreach (AttributeData dim in Attributes(type, "DimAttribute"))
            if (dim.ConstructorArguments.FirstOrDefault().Value is string name
                && GeneratedNames.Inherited.Contains(name))
                mistakes.Add(new("MC0016", MarkOf(dim),
                    $"{name} is what trainers and sessions call a member of their own, which a dim of that name " +
                        "would hide: give the dim another name"));
    }

    /// <summary>partial class Trainer adds to the generated one.</summary>
    bool IsExtension(ISymbol member) => member is INamedTypeSymbol { Name: "Session" or "Trainer" }
        && member.DeclaringSyntaxReferences.All(r =>
        r.GetSyntax(cancellation) is ClassDeclarationSyntax declaration
            && declaration.Modifiers.Any(m => m.Text == "partial"));

    /// <summary>
    /// Private classes and the runtime's types give way: generated code writes them differently where these names are
    /// in use.
    /// </summary>
    string[] Taken(List<MethodDeclaration> methods, DimDeclaration[] dims)
    {
        MethodDeclaration[] entries = [.. methods.Where(m => m.IsEntry)];
        if (entries.Length == 0) return [];
        HashSet<string> own =
            [.. dims.Select(d => d.Name), .. entries.SelectMany(e => e.Parameters).Select(p => p.Name), type.Name];
        return [.. GeneratedNames.Candidates(entries.Select(e => e.Name)).Distinct()
            .Where(name => own.Contains(name) || IsMember(name) || IsInNamespace(name))
            .OrderBy(n => n, StringComparer.Ordinal)];
    }

    bool IsMember(string name)
    {
        for (INamedTypeSymbol? level = type; level is not null; level = level.BaseType)
            if (Written(level.GetMembers(name)) is not null) return true;
        return false;
    }

    /// <summary>A type or namespace that is nearer than what generated code imports.</summary>
    bool IsInNamespace(string name)
    {
        for (INamespaceSymbol? ns = type.ContainingNamespace; ns is { IsGlobalNamespace: false }; ns =
            ns.ContainingNamespace)
            if (compilation.GetCompilationNamespace(ns)?.GetMembers(name).Any() == true) return true;
        return name != nameof(System)
            && compilation.GlobalNamespace.GetMembers(name)
            .Any(m => SymbolEqualityComparer.Default.Equals(m.ContainingAssembly, compilation.Assembly));
    }

    /// <summary>The first of some members that the user wrote: an analyzer sees the generated ones as well.</summary>
    static ISymbol? Written(IEnumerable<ISymbol> members) => members.FirstOrDefault(m => !m.IsImplicitlyDeclared
        && m.Locations.FirstOrDefault() is { IsInSource: true, SourceTree: { } tree } && !IsGenerated(tree));

    static bool IsGenerated(SyntaxTree tree) =>
        tree.FilePath.Replace('\\', '/').Contains($"/{nameof(ModelCompiler)}.{nameof(ModelCompilerGenerator)}/");
}
