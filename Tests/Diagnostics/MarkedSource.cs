using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>Source text in which <c>[|</c> and <c>|]</c> stand around each expression that a diagnostic is expected at.</summary>
/// <param name="Path">The file.</param>
/// <param name="Text">Without the marks.</param>
/// <param name="Spans">What was marked, in order.</param>
sealed record MarkedSource(string Path, string Text, ImmutableArray<TextSpan> Spans)
{
    public static MarkedSource Of(string path, string marked)
    {
        var text = new StringBuilder();
        var spans = new List<TextSpan>();
        int start = -1;
        for (int i = 0; i < marked.Length; i++)
        {
            string two = i + 1 < marked.Length ? marked.Substring(i, 2) : "";
            switch (two)
            {
                case "[|":
                    start = text.Length;
                    i++;
                    break;
                case "|]" when start >= 0:
                    spans.Add(TextSpan.FromBounds(start, text.Length));
                    (start, i) = (-1, i + 1);
                    break;
                default:
                    text.Append(marked[i]);
                    break;
            }
        }
        if (start >= 0) throw new ArgumentException($"{path}: a mark is not closed");
        return new(path, text.ToString(), [.. spans]);
    }
}
