using System.Collections.Generic;
using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace ModelCompiler.Infrastructure;

/// <summary>Values as C# text: the one place where numbers and names become source.</summary>
static class CSharpLiteral
{
    /// <summary>A float literal that reads back as the same bits.</summary>
    public static string Float(double value)
    {
        float single = (float)value;
        if (float.IsNaN(single)) return "float.NaN";
        if (float.IsPositiveInfinity(single)) return "float.PositiveInfinity";
        if (float.IsNegativeInfinity(single)) return "float.NegativeInfinity";
        return single.ToString("R", CultureInfo.InvariantCulture) + "f";
    }

    /// <summary>A double literal that reads back as the same bits.</summary>
    public static string Double(double value)
    {
        if (double.IsNaN(value)) return "double.NaN";
        if (double.IsPositiveInfinity(value)) return "double.PositiveInfinity";
        if (double.IsNegativeInfinity(value)) return "double.NegativeInfinity";
        return value.ToString("R", CultureInfo.InvariantCulture) + "d";
    }

    /// <summary>A number for people and the text form.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A string literal in quotes.</summary>
    public static string String(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    /// <summary>Words that C# takes for a keyword only in places where no local, parameter or field is named.</summary>
    static readonly HashSet<string> Harmless =
    [
        "add", "alias", "and", "ascending", "by", "descending", "equals", "get", "group", "init", "into", "join",
            "let", "not", "on", "or",
        "orderby", "remove", "select", "set", "value", "when", "where", "with",
    ];

    /// <summary>A name, escaped where C# would take it for a keyword.</summary>
    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None
            || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None && !Harmless.Contains(name) ? "@" + name
                : name;

    /// <summary>Text inside an XML documentation comment.</summary>
    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
