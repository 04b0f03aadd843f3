using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>A mistake: what it is reported as, where, and what the message holds.</summary>
/// <param name="Id">Of the catalog.</param>
/// <param name="Name">What is wrong, in a few words.</param>
/// <param name="Sources">Marked files.</param>
/// <param name="Message">Parts of the message, in order: actual values, expected values, the way out.</param>
sealed record DiagnosticRow(string Id, string Name, IReadOnlyList<MarkedSource> Sources, params string[] Message)
{
    /// <summary>Whether others can still use what would have been generated; a class that nothing can be generated into has no surface.</summary>
    public bool HasSurface { get; init; } = true;

    /// <summary>A model of [B, 6] whose loss starts with these statements, the last of which defines <c>y</c>.</summary>
    public static DiagnosticRow OfBody(string id, string name, string body, string[] message, string members = "", string others = "") => new(id, name,
    [
        MarkedSource.Of("Wrong.cs", $$"""
            using System;

            namespace Demo;

            [Model, Dim("B", Max = 8)]
            public sealed partial class Wrong
            {
                readonly Linear final = new(6, 3);
                {{members}}

                [Loss]
                public Tensor Loss([Shape("B", "6")] Tensor x, [Shape("B")] Tensor<int> ids)
                {
                    {{body}}
                    return Mean(Mean(final.Forward(y), 1), 0).Reshape();
                }
            }
            """),
        MarkedSource.Of("Others.cs", $"using System;\n\nnamespace Demo;\n\n{others}"),
    ], message);

    /// <summary>A whole file.</summary>
    public static DiagnosticRow OfFile(string id, string name, string text, string[] message) =>
        new(id, name, [MarkedSource.Of("Wrong.cs", "using System;\n\nnamespace Demo;\n\n" + text)], message);

    public IEnumerable<(string Path, string Text)> Files => Sources.Select(s => (s.Path, s.Text));

    public override string ToString() => $"{Id} {Name}";
}
