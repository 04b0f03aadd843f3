using System;
using System.Text;

namespace ModelCompiler.Infrastructure;

/// <summary>Writes indented source text, LF line ends, the same bytes on every machine.</summary>
sealed class SourceWriter
{
    readonly StringBuilder text = new();
    int depth;

    /// <summary>One line at the current depth; an empty one carries no spaces.</summary>
    public SourceWriter Line(string line = "")
    {
        if (line.Length > 0) text.Append(' ', depth * 4).Append(line);
        text.Append('\n');
        return this;
    }

    /// <summary>Several lines.</summary>
    public SourceWriter Lines(string lines)
    {
        foreach (string line in lines.Split('\n')) Line(line);
        return this;
    }

    /// <summary>A header and a block in braces until disposed.</summary>
    public IDisposable Block(string header, string close = "}")
    {
        if (header.Length > 0) Lines(header);
        Line("{");
        depth++;
        return new End(this, close);
    }

    /// <summary>Deeper lines until disposed.</summary>
    public IDisposable Indent()
    {
        depth++;
        return new End(this, null);
    }

    public override string ToString() => text.ToString();

    sealed class End(SourceWriter writer, string? close) : IDisposable
    {
        public void Dispose()
        {
            writer.depth--;
            if (close is not null) writer.Line(close);
        }
    }
}
