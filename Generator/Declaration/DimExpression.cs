using System;
using System.Collections.Generic;
using System.Globalization;

namespace ModelCompiler.Declaration;

/// <summary>Reads one entry of [Shape]: numbers and declared dims with +, -, * and parentheses.</summary>
sealed class DimExpression
{
    readonly string text;
    readonly IReadOnlyDictionary<string, DimSymbol> symbols;
    int at;

    DimExpression(string text, IReadOnlyDictionary<string, DimSymbol> symbols) =>
        (this.text, this.symbols) = (text, symbols);

    /// <exception cref="FormatException">
    /// The message says what is wrong; the data's "unknown" names a symbol nobody declared.
    /// </exception>
    public static Dim Parse(string text, IReadOnlyDictionary<string, DimSymbol> symbols)
    {
        var parser = new DimExpression(text, symbols);
        Dim dim = parser.Sum();
        if (parser.Peek() != '\0') throw new FormatException(
            $"\"{text}\" is no axis length: \"{parser.text.Substring(parser.at)}\" is left over");
        return dim;
    }

    char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at < text.Length ? text[at] : '\0';
    }

    Dim Sum()
    {
        Dim sum = Product();
        while (Peek() is '+' or '-')
            sum = text[at++] == '+' ? sum + Product() : sum - Product();
        return sum;
    }

    Dim Product()
    {
        Dim product = Atom();
        while (Peek() is '*')
        {
            at++;
            product *= Atom();
        }
        return product;
    }

    Dim Atom()
    {
        char c = Peek();
        int start = at;
        if (c == '(')
        {
            at++;
            Dim inner = Sum();
            if (Peek() != ')') throw new FormatException($"\"{text}\" is no axis length: a ) is missing");
            at++;
            return inner;
        }
        if (char.IsDigit(c))
        {
            while (at < text.Length && char.IsDigit(text[at])) at++;
            return int.TryParse(text.Substring(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture,
                out int number)
                ? number
                : throw new FormatException($"\"{text}\" is no axis length: the number is too large");
        }
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_')) at++;
        string name = text.Substring(start, at - start);
        if (name.Length == 0) throw new FormatException(
            $"\"{text}\" is no axis length: write a number, a dim, or sums and products of them");
        return symbols.TryGetValue(name, out DimSymbol? symbol) ? Dim.Of(symbol) : throw new KeyNotFoundException(name);
    }
}
