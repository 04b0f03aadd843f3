using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;

namespace ModelCompiler.Graphs;

/// <summary>
/// Parameters of a primary constructor that bodies read: the C# compiler keeps them in fields, before the declared
/// ones. Others serve field initialisers only.
/// </summary>
static class CapturedParameters
{
    public static IEnumerable<string> Of(ModelDeclaration declaration)
    {
        HashSet<string> read = [.. declaration.Methods.SelectMany(m => declaration.Within(m.Body))
            .Select(node => declaration.Nodes[node]).Where(n => n.Kind == NodeKind.ClassParameter).Select(n => n.Name)];
        return declaration.Parameters.Where(read.Contains);
    }
}
