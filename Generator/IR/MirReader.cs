using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace ModelCompiler.IR;

/// <summary>The words, numbers and signs of the text form.</summary>
sealed class MirReader(string text)
{
    int at;

    /// <summary>An error at the current line.</summary>
    public FormatException Wrong(string expected) =>
        new($"line {(1 + text.Take(at).Count(c => c == '\n')).ToString(CultureInfo.InvariantCulture)}: expected {expected}");

    char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at < text.Length ? text[at] : '\0';
    }

    static bool IsLetter(char c) => char.IsLetterOrDigit(c) || c == '_';

    /// <summary>Takes a word or sign if it is next.</summary>
    public bool Take(string token)
    {
        Peek();
        if (string.CompareOrdinal(text, at, token, 0, token.Length) != 0) return false;
        int end = at + token.Length;
        if (IsLetter(token[0]) && end < text.Length && IsLetter(text[end])) return false;
        at = end;
        return true;
    }

    public void Expect(string token)
    {
        if (!Take(token)) throw Wrong($"\"{token}\"");
    }

    public void End()
    {
        if (Peek() != '\0') throw Wrong("the end");
    }

    public string Word()
    {
        Peek();
        int start = at;
        while (at < text.Length && IsLetter(text[at])) at++;
        return at > start ? text.Substring(start, at - start) : throw Wrong("a word");
    }

    /// <summary>Words joined by dots.</summary>
    public string Path()
    {
        var path = new StringBuilder(Word());
        while (at < text.Length && text[at] == '.')
        {
            at++;
            path.Append('.').Append(Word());
        }
        return path.ToString();
    }

    public bool IsNumbered(char letter) => Peek() == letter && at + 1 < text.Length && char.IsDigit(text[at + 1]);

    /// <summary>n12, k3 or s0.</summary>
    public int Numbered(char letter)
    {
        if (!IsNumbered(letter)) throw Wrong($"{letter} and a number");
        at++;
        return Integer();
    }

    public int Integer()
    {
        Peek();
        int start = at;
        if (at < text.Length && text[at] == '-') at++;
        while (at < text.Length && char.IsDigit(text[at])) at++;
        return int.TryParse(text.Substring(start, at - start), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out int number)
            ? number : throw Wrong("a whole number");
    }

    public double Real()
    {
        Peek();
        int start = at;
        while (at < text.Length && (IsLetter(text[at]) || text[at] is '-' or '+' or '.')) at++;
        string number = text.Substring(start, at - start);
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
            : throw Wrong("a number");
    }

    public int[] Integers()
    {
        Expect("[");
        var numbers = new List<int>();
        if (Take("]")) return [];
        do numbers.Add(Integer());
        while (Take(","));
        Expect("]");
        return [.. numbers];
    }

    public bool IsQuoted => Peek() == '"';

    public string Quoted()
    {
        if (!IsQuoted) throw Wrong("a name in quotes");
        var name = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\') at++;
            if (at < text.Length) name.Append(text[at]);
        }
        if (at >= text.Length) throw Wrong("a closing quote");
        at++;
        return name.ToString();
    }

    /// <summary>What stands behind a semicolon on this line; empty without one.</summary>
    public string Comment()
    {
        while (at < text.Length && text[at] == ' ') at++;
        if (at >= text.Length || text[at] != ';') return "";
        int end = text.IndexOf('\n', at);
        if (end < 0) end = text.Length;
        string comment = text.Substring(at + 1, end - at - 1).Trim();
        at = end;
        return comment;
    }

    /// <summary>A polynomial over declared dims.</summary>
    public Dim Dim(IReadOnlyDictionary<string, DimSymbol> symbols)
    {
        bool isNegative = Take("-");
        Dim sum = Product(symbols);
        if (isNegative) sum = -1 * sum;
        while (true)
        {
            if (Take("+")) sum += Product(symbols);
            else if (Peek() == '-' && (at + 1 >= text.Length || text[at + 1] != '-')
                && Take("-")) sum -= Product(symbols);
            else return sum;
        }
    }

    Dim Product(IReadOnlyDictionary<string, DimSymbol> symbols)
    {
        Dim product = Atom(symbols);
        while (true)
        {
            if (Take("*")) product *= Atom(symbols);
            else if (Take("/")) product /= Atom(symbols);
            else return product;
        }
    }

    Dim Atom(IReadOnlyDictionary<string, DimSymbol> symbols)
    {
        if (Take("("))
        {
            Dim inner = Dim(symbols);
            Expect(")");
            return inner;
        }
        if (char.IsDigit(Peek())) return Integer();
        string name = Word();
        return symbols.TryGetValue(name, out DimSymbol? symbol) ? ModelCompiler.Dim.Of(symbol)
            : throw Wrong($"a declared dim instead of {name}");
    }
}
