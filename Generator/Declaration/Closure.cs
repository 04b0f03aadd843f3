using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.Declaration;

/// <summary>
/// A root model and every declaration its instances reach, root first: the unit of compilation, equal by value.
/// </summary>
sealed record Closure(EquatableArray<ModelDeclaration> Declarations, string ForeignVersion)
{
    public ModelDeclaration Root => Declarations[0];

    /// <summary>Whether the root can be compiled on its own.</summary>
    public bool IsRoot => Root.Parameters.Count == 0 && Root.Methods.Any(m => m.IsEntry);

    /// <summary>
    /// Whether the root can be given generated parts; if not, they would only add errors of C# to its own.
    /// </summary>
    public bool CanBeExtended => !Root.Mistakes.Any(m => m.Id is "MC0002" or "MC0008" or "MC0016");

    /// <summary>As text, for other assemblies.</summary>
    public string Export() => DeclarationText.Write(Declarations);

    /// <summary>One closure a model of this assembly, in order of name.</summary>
    public static IEnumerable<Closure> All(IEnumerable<ModelDeclaration> declarations)
    {
        var byName = new Dictionary<string, ModelDeclaration>(StringComparer.Ordinal);
        foreach (ModelDeclaration declaration in declarations) byName[declaration.FullName] = declaration;
        var unreadable = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in byName.Values.SelectMany(d => d.Imports).Distinct().ToList())
        {
            if (DeclarationText.TryRead(text, out List<ModelDeclaration> read, out string version))
                foreach (ModelDeclaration imported in read) byName[imported.FullName] = imported;
            else unreadable[text] = version;
        }
        foreach (ModelDeclaration root in byName.Values.Where(d => !d.IsImported)
            .OrderBy(d => d.FullName, StringComparer.Ordinal))
        {
            List<ModelDeclaration> reached = [root];
            for (int i = 0; i < reached.Count; i++)
                reached.AddRange(reached[i].References.Where(byName.ContainsKey).Select(r => byName[r])
                    .Where(d => !reached.Contains(d)));
            string foreign = reached.SelectMany(d => d.Imports).Where(unreadable.ContainsKey)
                .Select(t => unreadable[t]).FirstOrDefault() ?? "";
            yield return new Closure(reached.ToArray(), foreign);
        }
    }
}
